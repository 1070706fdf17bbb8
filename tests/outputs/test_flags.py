import numpy as np
import pytest

from tests.wire.frame_blocks import EXTRAS, drawn
from vrface.face.blendshapes import COUNT, index
from vrface.face.expression import Source, Status
from vrface.outputs.flags import flags_of
from vrface.wire.frame_block import Flags

ALL = Flags.EYES | Flags.UPPER | Flags.LOWER
NOW = [Source.MEASURED, Source.INFERRED, Source.GENERATED, Source.CUED, Source.COPIED]


def sources(name: str | None = None, source: Source = Source.ABSENT) -> np.ndarray:
    """All inferred, but one."""
    all_of_them = np.full(COUNT, Source.INFERRED, np.uint8)
    if name is not None:
        all_of_them[index(name)] = source
    return all_of_them


@pytest.mark.parametrize("source", NOW)
def test_a_face_of_this_instant_is_valid(source):
    lively = Flags.LIVELY if source == Source.GENERATED else 0
    assert flags_of(drawn(1, source=np.full(COUNT, source, np.uint8))) == ALL | lively


def test_one_drawn_weight_makes_a_face_lively_and_leaves_its_regions_valid():
    assert (
        flags_of(drawn(1, source=sources("browDownLeft", Source.GENERATED))) == ALL | Flags.LIVELY
    )


@pytest.mark.parametrize("source", [Source.ABSENT, Source.HELD, Source.NEUTRAL])
@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("jawOpen", Flags.EYES | Flags.UPPER),
        ("browInnerUpRight", Flags.EYES | Flags.LOWER),
        ("eyeLookUpLeft", Flags.LOWER),
    ],
)
def test_one_value_of_another_instant_takes_its_region_out(name, left, source):
    assert flags_of(drawn(1, source=sources(name, source))) == left


def test_eyes_whose_gaze_is_not_known_are_not_valid():
    gaze = np.array([0.1, 0.1, np.nan, 0.1], np.float32)
    assert flags_of(drawn(1, gaze=gaze)) == Flags.UPPER | Flags.LOWER


def test_an_extra_that_is_absent_takes_nothing_out():
    source = np.concatenate([sources(), np.zeros(42, np.uint8)])
    assert flags_of(drawn(1, EXTRAS, source=source)) == ALL


@pytest.mark.parametrize("status", [status for status in Status if status != Status.TRACKING])
def test_a_face_that_is_not_tracked_has_no_valid_region(status):
    assert flags_of(drawn(1, status=status)) == 0


@pytest.mark.parametrize("status", Status)
def test_that_it_is_recorded_does_not_depend_on_the_face(status):
    face = drawn(1, status=status)
    assert flags_of(face, recording=True) == flags_of(face) | Flags.RECORDING
