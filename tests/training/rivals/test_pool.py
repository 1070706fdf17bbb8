"""The pool: as good as the better member, and better than both where each is right at times."""

import numpy as np
import pytest

from tests.training.rivals.small_cases import drawn
from vrface.face.blendshapes import COUNT
from vrface.training.rivals.law import Law, Pool
from vrface.training.rivals.pool import fit_share, pools_of

ROWS = 600


def at(level, scale=0.02):
    return Law(*(np.full((ROWS, COUNT), value, np.float32) for value in (level, scale)))


def test_where_each_is_right_half_of_the_time_the_pool_beats_both():
    low, high = at(0.2), at(0.6)
    truth = drawn(np.where(np.arange(ROWS)[:, None] % 2, low.loc, high.loc), 0.02)
    share = fit_share(low, high, truth)
    assert share == pytest.approx(0.5, abs=0.03)
    pool = Pool(low, high, share).crps(truth).mean()
    assert pool < 0.7 * min(low.crps(truth).mean(), high.crps(truth).mean())


def test_the_share_is_how_often_the_first_is_right():
    low, high = at(0.2), at(0.6)
    truth = drawn(np.where(np.arange(ROWS)[:, None] % 4, low.loc, high.loc), 0.02)
    truth[:, 3] = np.nan
    share = fit_share(low, high, truth)
    assert share[3] == 0.5
    assert np.delete(share, 3) == pytest.approx(0.75, abs=0.03)


def test_the_share_has_the_least_crps_of_all():
    first, second = at(0.2, 0.05), at(0.35, 0.1)
    truth = drawn(np.full((ROWS, COUNT), 0.3), 0.08)
    share = fit_share(first, second, truth)
    crps = {
        move: Pool(first, second, np.clip(share + move, 0, 1)).crps(truth).mean(axis=0)
        for move in (-0.1, 0.0, 0.1)
    }
    assert (crps[0.0] <= np.minimum(crps[-0.1], crps[0.1]) + 1e-6).all()


def test_one_that_is_always_right_is_believed_and_equals_are_no_trouble():
    right, wrong = at(0.2), at(0.9)
    truth = drawn(right.loc, 0.02)
    assert (fit_share(right, wrong, truth) > 0.98).all()
    assert (fit_share(wrong, right, truth) < 0.02).all()
    assert np.isfinite(fit_share(right, right, truth)).all()


def test_each_pool_has_its_members_and_a_share_for_each_mode():
    names = ("ridge", "climatology", "ridge_user", "calibration_climatology")
    laws = {name: at(0.1 * place) for place, name in enumerate(names)}
    share = np.stack([np.full(COUNT, part, np.float32) for part in (0.0, 0.5, 1.0)])
    shares = {"pool_share": share, "pool_user_share": share}
    none = pools_of(shares, {name: laws[name] for name in names[:2]}, "none")
    assert list(none) == ["pool"]
    assert none["pool"].mean() == pytest.approx(laws["climatology"].mean())
    paired = pools_of(shares, laws, "paired")
    assert list(paired) == ["pool", "pool_user"]
    assert paired["pool"].mean() == pytest.approx(laws["ridge"].mean())
    assert paired["pool_user"].mean() == pytest.approx(laws["ridge_user"].mean())
    unpaired = pools_of(shares, laws, "unpaired")["pool_user"]
    assert (unpaired.first, unpaired.second) == (laws["ridge_user"], laws[names[3]])
    assert (unpaired.share == 0.5).all()
