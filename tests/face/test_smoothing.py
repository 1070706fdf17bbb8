"""What people write of how calm they want to be shown."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrface.errors import BadUse, UnknownName
from vrface.face.blendshapes import GROUPS
from vrface.face.smoothing import FASTEST_HZ, SLOWEST_HZ, OneEuro, Smoothing

FIGURES = st.builds(OneEuro, st.floats(SLOWEST_HZ, FASTEST_HZ), st.floats(0.0, FASTEST_HZ))
PARTS = st.fixed_dictionaries({group: st.none() | FIGURES for group in GROUPS})


@given(PARTS, st.booleans())
def test_what_is_written_is_read_again(parts: Mapping[str, OneEuro | None], measured: bool) -> None:
    smoothing = Smoothing(**parts, measured=measured and any(parts.values()))
    assert Smoothing.parse(str(smoothing)) == smoothing
    assert not set(str(smoothing)) & set(" \n\t'\"")


@pytest.mark.parametrize(
    "text", ["on", "off", "on,measured", "lid=2:8,brow=1.5:1,measured", "gaze=0.01:0"]
)
def test_what_is_read_is_written_again(text: str) -> None:
    assert str(Smoothing.parse(text)) == text


def test_a_text_is_read_from_left_to_right() -> None:
    assert Smoothing.parse("on") == Smoothing.usual()
    assert Smoothing.parse("off") == Smoothing() == Smoothing.none()
    assert Smoothing.parse("on, lid=off ,brow=1:0.5") == Smoothing(
        lid=None,
        brow=OneEuro(1.0, 0.5),
        cheek=Smoothing.usual().cheek,
        nose=Smoothing.usual().nose,
        mouth=Smoothing.usual().mouth,
        gaze=Smoothing.usual().gaze,
    )
    assert Smoothing.parse("on,off") == Smoothing.none()
    assert Smoothing.of("brow=1:2") == Smoothing(brow=OneEuro(1.0, 2.0))
    assert Smoothing.of(Smoothing.usual()) == Smoothing.usual()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "unknown part of a smoothing ''"),
        ("onn", "Did you mean 'on'"),
        ("brows=1:1", "Did you mean 'brow'"),
        ("brow", "brow is smoothed, but how is not said"),
        ("brow=1", "no cutoff and growth in '1'"),
        ("brow=1:", "no cutoff and growth in '1:'"),
        ("brow=1:1:1", "no cutoff and growth"),
        ("brow=nan:1", "in 0.01..1000 Hz and grows by 0..1000, got nan and 1"),
        ("measured", "nothing is smoothed, so nothing measured is"),
        ("on,measured,off", "nothing is smoothed"),
        ("on=1:1", "unknown part of a smoothing 'on'"),
    ],
)
def test_what_makes_no_sense_is_told(text: str, said: str) -> None:
    with pytest.raises(BadUse) as caught:
        Smoothing.parse(text)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "figures",
    [(0.0, 1.0), (-1.0, 1.0), (1.0, -1.0), (float("inf"), 0.0), (1.0, float("nan")), (1.0, 1001.0)],
)
def test_figures_out_of_range_are_refused(figures: tuple[float, float]) -> None:
    with pytest.raises(BadUse, match=r"a cutoff is in 0\.01\.\.1000 Hz"):
        OneEuro(*figures)


def test_what_nobody_knows_is_an_unknown_name() -> None:
    with pytest.raises(UnknownName):
        Smoothing.parse("forehead=1:1")
