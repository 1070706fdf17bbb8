"""The documentation site builds, strictly: no page without a place, no link that leads nowhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from vrface.face.schemes import SCHEMES
from vrface.sensors.headset import SHIPPED

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize(("page", "names"), [("headsets", SHIPPED), ("schemes", SCHEMES)])
def test_each_headset_and_scheme_has_its_place(site, page, names):
    text = (site / f"{page}.html").read_text("utf-8")
    for name in names:
        assert f'id="{name}"' in text


def test_the_site_loads_nothing_from_elsewhere(site):
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        loaded = re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=\"([^\"]+)\"", text)
        assert not [target for target in loaded if "//" in target], page.name


def test_the_site_names_no_machine(site):
    for page in site.rglob("*.html"):
        assert "/home/" not in page.read_text("utf-8")
        assert str(ROOT) not in page.read_text("utf-8")
