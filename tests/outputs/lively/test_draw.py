"""Faces drawn from their laws: the law itself in the long run, still where it is sure."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrface.face.blendshapes import BLENDSHAPES, COUNT, EYE_LOOK, index
from vrface.outputs.lively.draw import (
    LEAST_ROOM,
    LIDS,
    SEEN,
    STIR,
    WANDERS,
    WIDE,
    Dice,
    Drawing,
    Drawn,
    blink_rate,
    borne_out,
    closed_odds,
    draw,
)

STATISTICS = {
    "draw_time_s": np.array([0.1, 0.3, 1.0, 5.0], np.float32),
    "draw_share": np.tile(np.array([0.3, 0.7, 0.0, 0.0], np.float32), (COUNT, 1)),
    "draw_factor": np.eye(COUNT, dtype=np.float32),
    "blink_hazard": np.array([-1.0, 0.0], np.float32),
}
LOC, SCALE = 0.1, 0.08
BROW = index("browInnerUpLeft")


class Lively:
    """Wearers who are drawn frame by frame."""

    def __init__(self, seeds: list[int]) -> None:
        self.dice, self.held = Dice(STATISTICS, seeds), Drawing.begun(len(seeds))

    def __call__(
        self,
        loc: np.ndarray,
        scale: np.ndarray,
        present: np.ndarray,
        heard: np.ndarray,
        dt: np.ndarray,
    ) -> Drawn:
        hazard, law = STATISTICS["blink_hazard"], (loc, scale)
        self.held, made = draw(self.held, hazard, self.dice(dt), law, present, heard, dt)
        return made


def drawn(
    seeds: list[int],
    frames: int,
    loc: float = LOC,
    scale: float = SCALE,
    seen: tuple[int, ...] = (),
    rate_hz: float = 60.0,
) -> tuple[np.ndarray, np.ndarray]:
    """[frames, W, 54] weights, and where they are drawn."""
    lively, shape = Lively(seeds), (len(seeds), COUNT)
    present = np.zeros(shape, bool)
    present[:, list(seen)] = True
    law = np.full(shape, loc, np.float32), np.full(shape, scale, np.float32)
    heard, dt = np.ones(len(seeds), bool), np.full(len(seeds), 1.0 / rate_hz, np.float32)
    made = [lively(*law, present, heard, dt) for _ in range(frames)]
    return np.stack([one.weights for one in made]), np.stack([one.drawn for one in made])


@pytest.mark.parametrize("rate_hz", [60.0, 90.0, 120.0])
def test_in_the_long_run_a_draw_has_the_law(rate_hz):
    loc = 0.6
    weights, _ = drawn(list(range(40)), round(6 * rate_hz), loc=loc, rate_hz=rate_hz)
    brows = np.sort(weights[:, :, WANDERS[~np.isin(WANDERS, WIDE)]].ravel())
    quantiles = loc + SCALE * np.linspace(-6.0, 6.0, 400)
    inside = borne_out(np.full(400, loc), quantiles)
    share = np.searchsorted(brows, inside, side="right") / len(brows)
    law = 1.0 / (1.0 + np.exp(-(quantiles - loc) / SCALE))
    assert np.abs(share - law).max() < 0.02  # Kolmogorov and Smirnov


@pytest.mark.parametrize("scale", [0.02, 0.1, 0.5])
@pytest.mark.parametrize("loc", [-0.2, 0.0, 0.07])
def test_a_face_that_rests_stirs_and_makes_no_expression(loc, scale):
    brows = drawn([1, 2], 1200, loc=loc, scale=scale)[0][..., WANDERS]
    assert brows.max() <= STIR + LEAST_ROOM
    if loc + 2.0 * scale > 0.0:
        assert brows.max() > 0.01


@given(st.floats(-0.5, 1.5), st.floats(-3.0, 4.0), st.floats(0.0, 1.0))
def test_a_draw_goes_no_further_than_its_law_speaks_for(middle, apart, more):
    median = min(max(middle, 0.0), 1.0)
    one, further = borne_out(np.array([middle, middle]), middle + np.array([apart, apart + more]))
    assert 0.0 <= one <= further <= 1.0
    room = max(STIR - median, median - SEEN, LEAST_ROOM)
    assert max(median - room, 0.0) - 1e-9 <= one
    assert further <= median + room + 1e-9
    if 0.0 <= middle <= 1.0 and abs(apart) <= 0.1 * room:
        assert one == pytest.approx(np.clip(median + apart, 0.0, 1.0), abs=0.001)


def test_where_a_law_is_sure_the_draw_is_its_mean():
    weights, _ = drawn([1], 600, loc=0.4, scale=0.004)
    track = weights[:, 0, BROW]
    assert np.abs(track - 0.4).max() < 0.04
    assert np.abs(np.diff(track)).max() < 0.005
    assert drawn([1], 300, loc=-0.1, scale=0.004)[0][:, 0, WANDERS].max() == 0.0


def test_the_same_seed_draws_the_same_face_and_another_another():
    one, same, other = (drawn([seed], 60)[0] for seed in (5, 5, 6))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other)[:, 0, WANDERS].mean() > 0.01


def test_a_wearer_is_drawn_alone_as_among_others():
    together, alone = drawn([4, 5, 6], 120)[0], drawn([5], 120)[0]
    np.testing.assert_allclose(together[:, 1], alone[:, 0], atol=1e-6)


def test_the_eyes_directions_and_what_is_seen_are_not_drawn():
    _, where = drawn([0], 2, seen=(BROW,))
    looks = np.isin(BLENDSHAPES, EYE_LOOK)
    assert not where[..., looks].any()
    assert not where[..., BROW].any()
    assert where[..., WANDERS[WANDERS != BROW]].all()


@pytest.mark.parametrize("seen", [(LIDS[0],), (LIDS[1],), tuple(LIDS)])
def test_no_blink_is_made_up_where_a_lid_is_seen(seen):
    weights, where = drawn([0], 1200, loc=0.0, scale=0.3, seen=seen)
    assert not where[..., LIDS].any()
    assert weights[..., LIDS].max() == 0.0


def test_unseen_lids_blink_together_and_do_not_flutter():
    weights, where = drawn([0], 3600, loc=0.02, scale=0.15)
    assert where[..., LIDS].all()
    lids = weights[:, 0, LIDS]
    np.testing.assert_array_equal(lids[:, 0], lids[:, 1])
    assert (lids > 0.7).any()
    assert (lids[:, 0] < 0.021).mean() > 0.7
    wide = weights[:, 0, WIDE]
    assert wide[lids[:, 0] > 0.9].max(initial=0.0) < 0.12


def test_who_is_not_heard_is_not_drawn_and_no_number_is_lost():
    lively = Lively([0])
    law = np.full((1, COUNT), LOC, np.float32), np.full((1, COUNT), SCALE, np.float32)
    bad = np.full((1, COUNT), np.nan, np.float32)
    nobody, dt = np.zeros((1, COUNT), bool), np.full(1, 0.016, np.float32)
    assert not lively(*law, nobody, np.zeros(1, bool), dt).drawn.any()
    assert np.isfinite(lively(bad, bad, nobody, np.ones(1, bool), dt).weights).all()
    after = lively(*law, nobody, np.ones(1, bool), np.full(1, 1.0, np.float32))
    assert np.isfinite(after.weights).all()
    assert (after.weights >= 0.0).all()
    assert (after.weights <= 1.0).all()


def test_lids_blink_more_often_the_likelier_the_law_says_they_are_closed():
    open_, closed = (closed_odds(np.full(2, loc), np.full(2, 0.1)) for loc in (0.0, 0.3))
    hazard = np.array([0.0, 0.5])
    assert blink_rate(hazard, closed) > blink_rate(hazard, open_)
    assert blink_rate(np.array([np.log(0.3), 0.0]), open_) == pytest.approx(0.3)
