"""Whole blinks: as often as asked, closing faster than they open, never where lids are seen."""

import numpy as np
import pytest

from vrface.outputs.lively.blinking import DEPTH, MOST_PER_S, NUMBERS, REFRACTORY_S, Blink, blinking
from vrface.outputs.lively.noise import Noise
from vrface.training.metrics.events import runs


class Blinking:
    """Wearers whose blinks are drawn frame by frame."""

    def __init__(self, wearers: int) -> None:
        self.noise, self.held = Noise(range(wearers)), Blink.begun(wearers)

    def __call__(
        self, per_s: np.ndarray, unseen: np.ndarray, shut: np.ndarray, dt: np.ndarray
    ) -> np.ndarray:
        chances = self.noise.uniform(NUMBERS)
        self.held, closed = blinking(self.held, chances, per_s, unseen, shut, dt)
        return np.asarray(closed)


def blinked(
    per_s: float, seconds: float, rate_hz: float = 60.0, wearers: int = 16, unseen: bool = True
) -> np.ndarray:
    """[frames, wearers]."""
    lids, ask = Blinking(wearers), np.full(wearers, per_s)
    where, shut = np.full(wearers, unseen), np.zeros(wearers, bool)
    dt = np.full(wearers, 1.0 / rate_hz, np.float32)
    frames = round(seconds * rate_hz)
    return np.stack([lids(ask, where, shut, dt) for _ in range(frames)])


@pytest.mark.parametrize("rate_hz", [60.0, 90.0, 120.0])
def test_blinks_are_as_many_at_any_frame_rate(rate_hz):
    closed = blinked(0.4, 60.0, rate_hz)
    spans = [runs(track > 0.0) for track in closed.T]
    count = sum(map(len, spans))
    busy_s = count * REFRACTORY_S + sum((b - a).sum() for a, b in (s.T for s in spans)) / rate_hz
    expected = 0.4 * (16 * 60.0 - busy_s)
    assert abs(count - expected) < 4.0 * np.sqrt(expected)


def test_each_blink_is_whole_and_closes_faster_than_it_opens():
    closed = blinked(0.5, 60.0, 120.0)
    for track in closed.T:
        for start, stop in runs(track > 0.0):
            if stop == len(track):
                continue
            blink = track[start:stop]
            assert blink.max() > 0.9 * DEPTH[0]
            peak = int(blink.argmax())
            assert (np.diff(blink[: peak + 1]) >= 0).all()
            assert (np.diff(blink[peak:]) <= 1e-12).all()
            assert peak < 0.55 * len(blink)
            assert 0.15 < len(blink) / 120.0 < 0.35


def test_lids_stay_open_for_a_while_between_two_blinks():
    for track in blinked(1e9, 20.0, 100.0).T:
        spans = runs(track > 0.0)
        assert len(spans) > 5
        assert (spans[1:, 0] - spans[:-1, 1]).min() >= 100.0 * REFRACTORY_S - 2


def test_however_sure_a_law_is_blinks_stay_apart():
    assert len(runs(blinked(np.inf, 30.0, wearers=1)[:, 0] > 0.0)) < 30.0 * MOST_PER_S


def test_no_blink_where_lids_are_seen_and_none_from_no_hazard():
    assert not blinked(5.0, 20.0, unseen=False).any()
    assert not blinked(0.0, 20.0).any()
    assert not blinked(np.nan, 20.0).any()


def test_a_sensor_that_comes_back_ends_a_blink_at_once():
    lids, dt = Blinking(1), np.full(1, 0.01, np.float32)
    always, yes, no = np.array([1e9]), np.array([True]), np.array([False])
    for _ in range(400):
        if lids(always, yes, no, dt)[0] > 0.5:
            break
    else:
        pytest.fail("no blink in four seconds")
    assert lids(always, no, no, dt)[0] == 0.0
    assert lids(always, yes, no, dt)[0] == 0.0


def test_no_blink_is_drawn_on_top_of_one_that_the_law_says():
    lids, dt = Blinking(1), np.full(1, 0.01, np.float32)
    yes = np.array([True])
    assert not any(lids(np.array([1e9]), yes, yes, dt)[0] for _ in range(500))
