"""What stands behind a value changes; the value does not jump."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrface.face.expression import Source
from vrface.outputs.blending import BLEND_S, MOST_PER_S, Blended, blended

DT = np.float32(1 / 90)
KINDS = [Source.MEASURED, Source.COPIED, Source.INFERRED, Source.GENERATED]


class Blending:
    """Wearers whose frames are blended one after the other."""

    def __init__(self, neutral: np.ndarray) -> None:
        self.neutral, self.held = neutral, Blended.begun(neutral)

    def __call__(self, weights: np.ndarray, source: np.ndarray, dt: np.ndarray) -> np.ndarray:
        self.held, shown = blended(self.held, self.neutral, weights, source, dt)
        return np.asarray(shown)


def feed(blending: Blending, weight: float, source: Source) -> float:
    weights, kinds = np.full((1, 1), weight, np.float32), np.full((1, 1), source, np.uint8)
    return float(blending(weights, kinds, np.array([DT]))[0, 0])


@pytest.fixture
def blending() -> Blending:
    return Blending(np.zeros((1, 1), np.float32))


def test_the_first_face_is_shown_as_it_is(blending: Blending) -> None:
    assert feed(blending, 0.7, Source.MEASURED) == pytest.approx(0.7)


def test_a_blink_under_a_change_of_source_is_whole(blending: Blending) -> None:
    feed(blending, 0.0, Source.INFERRED)
    assert feed(blending, 1.0, Source.INFERRED) == 1.0  # no change of source: at once
    feed(blending, 0.1, Source.INFERRED)
    feed(blending, 0.0, Source.MEASURED)
    assert feed(blending, 1.0, Source.MEASURED) == 1.0


@given(
    st.lists(
        st.tuples(st.sampled_from([*KINDS, Source.ABSENT]), st.integers(1, 20)),
        min_size=1,
        max_size=20,
    )
)
def test_however_sources_flap_nothing_jumps_and_all_is_in_range(spells) -> None:
    """Each source says another constant: whatever moves is of the change."""
    blending, shown = Blending(np.full((1, 1), 0.25, np.float32)), []
    spells = [(Source.MEASURED, 1), *spells]
    for source, frames in spells:
        value = np.nan if source == Source.ABSENT else (int(source) - 1) / 7
        for _ in range(frames):
            found = feed(blending, value, source)
            assert np.isnan(found) == (source == Source.ABSENT)
            shown.append(0.25 if np.isnan(found) else found)
    assert all(0.0 <= value <= 1.0 for value in shown)
    # What goes absent was eased to neutral before; here it leaps there, which no engine sees.
    gone = [source == Source.ABSENT for source, frames in spells for _ in range(frames)]
    steps = np.abs(np.diff(shown))
    assert (steps[~np.array(gone[1:], bool)] <= MOST_PER_S * DT + 1e-5).all()


def test_a_change_is_over_after_its_time(blending: Blending) -> None:
    feed(blending, 0.2, Source.MEASURED)
    shown = [feed(blending, 0.8, Source.INFERRED) for _ in range(round(BLEND_S / DT) + 3)]
    assert shown[0] == pytest.approx(0.2)
    assert (np.diff(shown) >= 0.0).all()
    assert shown[-1] == pytest.approx(0.8, abs=1e-3)


def test_wearers_are_apart_and_can_be_forgotten() -> None:
    blending = Blending(np.zeros((2, 1), np.float32))
    dt = np.full(2, DT)
    seen = np.full((2, 1), Source.MEASURED, np.uint8)
    blending(np.full((2, 1), 0.2, np.float32), seen, dt)
    for own, begun in zip(blending.held, Blended.begun(blending.neutral), strict=True):
        own[1] = begun[1]
    inferred = np.full((2, 1), Source.INFERRED, np.uint8)
    shown = blending(np.full((2, 1), 0.8, np.float32), inferred, dt)
    assert shown[:, 0].tolist() == pytest.approx([0.2, 0.8], abs=1e-6)
