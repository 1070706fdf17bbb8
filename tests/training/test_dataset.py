from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from tests.training.lessons import calm, lessons_of, logs_of
from vrface.errors import BadUse
from vrface.face.blendshapes import mask
from vrface.model.calibration import Calibration
from vrface.model.calibration.summary import SENSOR_FIGURES
from vrface.model.features import NAMED, SKIN, SLOTS, against
from vrface.model.known import SUMMARY, summaries
from vrface.sensors.headset import headset
from vrface.training.config import TrainConfig
from vrface.training.dataset import APART_S, TOLD_S, dataset
from vrface.training.lessons import Lesson
from vrface.training.logs import population
from vrface.training.mirror import mirrored_features, mirrored_positions, mirrored_weights

CONFIG = TrainConfig(windows=8, frames=24, unscored=4)
STILL = replace(CONFIG, disturbances=calm(), mirror=0.0)
SEEN = slice(len(NAMED) * SENSOR_FIGURES, len(NAMED) * (SENSOR_FIGURES + 1))


@pytest.fixture(scope="module")
def logs():
    return logs_of(4, 11.0, "eyes_and_mouth", "vive_pro_eye_lip", "foam_16")


@pytest.fixture(scope="module")
def made(logs):
    return lessons_of(logs, CONFIG)


@pytest.fixture(scope="module")
def statistics(logs):
    return population(logs)


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Lesson, slice]]:
    """Which frames of which lesson were looked at, in order."""
    calls: list[tuple[Lesson, slice]] = []
    real = Lesson.features

    def features(self: Lesson, frames: slice) -> np.ndarray:
        calls.append((self, frames))
        return real(self, frames)

    monkeypatch.setattr(Lesson, "features", features)
    return calls


def equal(one, other):
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, other, strict=True))


def test_batches_have_one_shape_and_are_finite(made, statistics):
    for batch in islice(dataset(made, statistics, CONFIG), 3):
        assert batch.features.shape == (8, 24, 4, 256)
        assert batch.dt.shape == (8, 24)
        assert batch.summary.shape == (8, SUMMARY)
        assert batch.positions.shape == (8, len(SKIN), 3)
        assert batch.truth.shape == (8, 24, 54)
        assert batch.counts.shape == (8, 54)
        for part in (batch.features, batch.summary, batch.positions, batch.counts):
            assert np.isfinite(part).all()
        assert (batch.dt[:, 0] == 0).all()
        assert (batch.dt[:, 1:] > 0).all()
        known = batch.truth[np.isfinite(batch.truth)]
        assert known.min() >= 0
        assert known.max() <= 1


def test_shards_together_are_the_whole_whatever_their_count(made, statistics):
    whole = list(islice(dataset(made, statistics, CONFIG), 3))
    for count in (2, 4, 8):
        parts = [
            list(islice(dataset(made, statistics, CONFIG, shard=(index, count)), 3))
            for index in range(count)
        ]
        for number, batch in enumerate(whole):
            for index in range(count):
                part = tuple(field[index::count] for field in batch)
                assert equal(part, parts[index][number])


def test_a_window_is_the_same_whatever_batch_it_is_in(made, statistics):
    """Window n is a function of logs, config and n alone."""
    eight = next(dataset(made, statistics, CONFIG))
    pairs = islice(dataset(made, statistics, replace(CONFIG, windows=2)), 4)
    for number, pair in enumerate(pairs):
        assert equal(pair, tuple(field[2 * number : 2 * number + 2] for field in eight))


def test_a_later_start_goes_on_where_it_would_have_been(made, statistics):
    third = list(islice(dataset(made, statistics, CONFIG), 3))[2]
    assert equal(third, next(dataset(made, statistics, CONFIG, first=2)))


def test_another_seed_gives_other_windows(made, statistics):
    other = replace(CONFIG, seed=1)
    assert not equal(
        next(dataset(made, statistics, CONFIG)), next(dataset(made, statistics, other))
    )


def test_an_undisturbed_window_of_nobody_is_what_serving_would_see(made, statistics, looked):
    config = replace(STILL, unpaired=0.0, paired=0.0)
    batch = next(dataset(made, statistics, config))
    assert not batch.summary.any()
    assert len(looked) == len(batch.dt)
    for row, (lesson, frames) in enumerate(list(looked)):
        seen = against(lesson.features(frames), Calibration.none().levels(statistics))
        np.testing.assert_array_equal(batch.features[row], seen)
        np.testing.assert_array_equal(batch.truth[row], lesson.truth(frames))
        np.testing.assert_array_equal(batch.dt[row, 1:], lesson.dt[frames][1:])
        np.testing.assert_array_equal(batch.positions[row], lesson.positions)


@pytest.mark.parametrize("mode", ["unpaired", "paired"])
def test_who_is_known_is_seen_and_summed_up_by_what_other_seconds_say(
    made, statistics, looked, mode
):
    paired = float(mode == "paired")
    config = replace(STILL, unpaired=1.0 - paired, paired=paired, windows=16)
    batch = next(dataset(made, statistics, config))
    assert len(looked) == 2 * len(batch.dt)
    for row in range(len(batch.dt)):
        (lesson, tells), (_, frames) = looked[2 * row : 2 * row + 2]
        told = lesson.features(tells)
        if mode == "paired":
            weights = lesson.weights[tells]
            known = Calibration.paired(told, weights, lesson.time_s[tells])
        else:
            known = Calibration.unpaired(told)
        seen = against(lesson.features(frames), known.levels(statistics))
        np.testing.assert_allclose(batch.features[row], seen, atol=1e-6)
        expected = summaries([known], statistics)[0]
        np.testing.assert_allclose(batch.summary[row], expected, atol=1e-5)
        assert batch.summary[row, -1] == (mode == "paired")


def test_what_tells_of_a_wearer_never_overlaps_its_window(made, statistics, looked):
    config = replace(CONFIG, unpaired=0.5, paired=0.5)
    list(islice(dataset(made, statistics, config), 12))
    assert len(looked) == 2 * 12 * config.windows
    told_s = []
    for (lesson, tells), (same, frames) in zip(looked[::2], looked[1::2], strict=True):
        assert lesson is same
        told, window = lesson.time_s[tells], lesson.time_s[frames]
        apart = max(window[0] - told[-1], told[0] - window[-1])
        assert apart >= APART_S - 1e-9
        told_s.append(told[-1] - told[0])
    assert TOLD_S[0] - 0.2 < min(told_s) < max(told_s) <= TOLD_S[1]


def test_as_much_is_known_as_often_as_asked(made, statistics):
    config = replace(CONFIG, unpaired=0.3, paired=0.5)
    batches = list(islice(dataset(made, statistics, config), 40))
    face = np.concatenate([batch.summary[:, -1] for batch in batches])
    any_ = np.concatenate([batch.summary.any(axis=1) for batch in batches])
    assert face.mean() == pytest.approx(0.5, abs=0.1)
    assert any_.mean() == pytest.approx(0.8, abs=0.1)


def test_a_log_too_short_to_tell_of_its_wearer_teaches_all_the_same(logs, statistics):
    config = replace(STILL, unpaired=1.0, paired=0.0)
    (lesson,) = lessons_of(logs[:1], config)
    short = replace(
        lesson,
        **{name: getattr(lesson, name)[:200] for name in ("planes", "dt", "time_s", "weights")},
    )
    batch = next(dataset([short], statistics, config))
    assert not batch.summary.any()
    assert batch.features[:, :, 2].any()


def test_a_channel_that_a_window_lacks_is_not_told_of_either(made, statistics):
    tiers = replace(CONFIG.disturbances, tiers=(("mouth_only", 1.0),), subset=0.0)
    config = replace(CONFIG, disturbances=tiers, unpaired=1.0, paired=0.0, mirror=0.0)
    mouth = np.array([stream == "mouth_tracker" for stream, _ in SLOTS], dtype=np.bool_)
    for batch in islice(dataset(made[:2], statistics, config), 4):
        present = np.asarray(batch.features[:, :, 2].max(axis=1) > 0)
        assert not present[:, ~mouth].any()
        seen = batch.summary[:, SEEN] > 0
        assert not (seen & ~mouth[: len(NAMED)]).any()
        assert (seen & ~present[:, : len(NAMED)]).mean() < 0.02  # silent all the window through
        assert not batch.features[:, :, :2][:, :, :, ~mouth].any()


def test_a_mirrored_window_is_the_mirror_image_of_the_same(made, statistics):
    plain, turned = (
        next(dataset(made, statistics, replace(CONFIG, mirror=chance))) for chance in (0.0, 1.0)
    )
    np.testing.assert_array_equal(turned.features, mirrored_features(plain.features))
    np.testing.assert_array_equal(turned.positions, mirrored_positions(plain.positions))
    np.testing.assert_array_equal(turned.truth, mirrored_weights(plain.truth))
    np.testing.assert_array_equal(turned.counts, mirrored_weights(plain.counts))
    np.testing.assert_array_equal(turned.dt, plain.dt)
    assert not np.array_equal(turned.summary, plain.summary)
    assert plain.positions.any()


def test_an_error_counts_less_where_the_headset_measures_the_shape(made, statistics, looked):
    config = replace(STILL, measured=0.2, unpaired=0.0, paired=0.0)
    batch = next(dataset(made, statistics, config))
    for row, (lesson, _) in enumerate(looked):
        measured = mask(headset(lesson.headset.name).measures)
        np.testing.assert_array_equal(batch.counts[row], np.where(measured, 0.2, 1.0).astype("f4"))


def test_a_shard_that_does_not_divide_is_refused(made, statistics):
    for shard in ((0, 3), (2, 2), (-1, 2)):
        with pytest.raises(BadUse, match="shard"):
            dataset(made, statistics, CONFIG, shard=shard)


def test_logs_shorter_than_a_window_are_refused(made, statistics):
    with pytest.raises(BadUse, match="longer than a window"):
        dataset(made, statistics, replace(CONFIG, frames=5000))
