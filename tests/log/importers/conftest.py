"""What tests of importers share: where real logs of eye trackers are."""

from pathlib import Path

import pytest


@pytest.fixture
def eye_data(vrface_data: Path) -> Path:
    return vrface_data / "vr_eye" / "EyeDentify3d"
