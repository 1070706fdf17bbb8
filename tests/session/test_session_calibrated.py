"""A session that knows its wearer: other faces, told misfits, a log that holds what it knew."""

from dataclasses import replace

import numpy as np
import pytest

from tests.model.some_calibrations import ABOUT, assert_same, some
from tests.serving.harness import HEADSET, SMALL, frames, small_model
from vrface import Session
from vrface.errors import CalibrationError
from vrface.log import Event, EventKind, LogReader
from vrface.model.calibration import file
from vrface.model.calibration.fit import OTHER_HEADSET, OTHER_MODEL
from vrface.session.replay import Replay


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return small_model(tmp_path_factory.mktemp("model") / "small")


@pytest.fixture(scope="module")
def own(model):
    return some(model=model.digest, width=SMALL.width)


def weights(model, calibration, count=12, **options):
    """[frames, 54] of a session, and why part of its calibration was left aside."""
    with Session(headset=HEADSET, model=model, calibration=calibration, **options) as session:
        faces = list(session.run(frames(count)))
        return np.stack([face.weights[:54] for face in faces]), session.misfits


def test_faces_follow_what_is_known_by_value_or_by_file(tmp_path, model, own):
    path = tmp_path / "a.calibration"
    file.save(path, own)
    unknown, none = weights(model, None)
    known, misfits = weights(model, own)
    assert (none, misfits) == ((), ())
    assert np.abs(known - unknown).max() > 0.05
    for given in (path, str(path)):
        np.testing.assert_array_equal(weights(model, given)[0], known)


def test_each_part_of_it_counts(model, own):
    whole, _ = weights(model, own)
    less = replace(own, touch=None)
    untouched, _ = weights(model, less)
    assert np.abs(untouched - whole).max() > 0.01
    assert np.abs(weights(model, replace(less, face=some(5).face))[0] - untouched).max() > 0.01
    assert np.abs(weights(model, replace(less, sensors=some(5).sensors))[0] - untouched).max() > 0


def test_what_another_model_was_taught_is_left_aside_in_plain_words(model, own, caplog):
    assert own.touch is not None
    other = replace(own, touch=own.touch._replace(model=bytes(32)))
    found, misfits = weights(model, other)
    assert misfits == (OTHER_MODEL,)
    np.testing.assert_array_equal(found, weights(model, replace(own, touch=None))[0])
    assert OTHER_MODEL.text in caplog.text
    assert ABOUT.wearer not in caplog.text


def test_behind_another_headset_the_face_still_counts(tmp_path, model, own, caplog):
    elsewhere = replace(own, about=ABOUT._replace(headset="mouth_only"))
    found, misfits = weights(model, elsewhere, record=tmp_path / "a.mcap")
    assert misfits == (OTHER_HEADSET,)
    assert np.abs(found - weights(model, None)[0]).max() > 0.01
    assert OTHER_HEADSET.text in caplog.text
    ((_, event),) = LogReader(tmp_path / "a.mcap").events()
    assert event == Event.notice(*OTHER_HEADSET)
    assert event.kind is EventKind.NOTICE


def test_the_log_holds_what_was_known_and_a_replay_makes_the_same_faces(tmp_path, model, own):
    path, again = tmp_path / "a.mcap", tmp_path / "b.mcap"
    weights(model, own, record=path)
    log = LogReader(path)
    ((_, kept),) = log.calibrations()
    assert_same(file.unpacked(kept.calibration), own)
    assert list(log.events()) == []
    replay = Replay(log, model, again)
    assert replay.calibration is not None
    for made in replay:
        assert made.logged is not None
        np.testing.assert_array_equal(made.face.weights, made.logged.weights)
    assert again.read_bytes() == path.read_bytes()


def test_a_replay_with_another_calibration_keeps_that_one(tmp_path, model, own):
    path, once, twice = (tmp_path / name for name in ("a.mcap", "b.mcap", "c.mcap"))
    weights(model, own, record=path)
    other = some(7, model=model.digest, width=SMALL.width)
    made = [
        replayed.face.weights
        for replayed in Replay(LogReader(path), model, once, calibration=other)
    ]
    ((_, kept),) = LogReader(once).calibrations()
    assert_same(file.unpacked(kept.calibration), other)
    again = [replayed.face.weights for replayed in Replay(LogReader(once), model, twice)]
    np.testing.assert_array_equal(made, again)
    assert once.read_bytes() == twice.read_bytes()


def test_a_replay_says_what_of_a_calibration_it_uses(tmp_path, model, own):
    path, again = tmp_path / "a.mcap", tmp_path / "b.mcap"
    weights(model, own, record=path)
    assert own.touch is not None
    other = replace(own, touch=own.touch._replace(model=bytes(32)))
    replay = Replay(LogReader(path), model, again, calibration=other)
    assert replay.misfits == (OTHER_MODEL,)
    assert replay.calibration is not None
    assert_same(replay.calibration, replace(own, touch=None))
    made = np.stack([one.face.weights[:54] for one in replay])
    np.testing.assert_array_equal(made, weights(model, replace(own, touch=None))[0])
    # The log holds it as it was given: another model may use all of it.
    ((_, kept),) = LogReader(again).calibrations()
    assert_same(file.unpacked(kept.calibration), other)
    elsewhere = replace(own, about=ABOUT._replace(headset="mouth_only"))
    replay = Replay(LogReader(path), model, calibration=elsewhere)
    assert replay.misfits == (OTHER_HEADSET,)
    assert replay.calibration is not None
    assert np.isnan(replay.calibration.sensors).all()
    np.testing.assert_array_equal(replay.calibration.face, own.face)


def test_what_was_learned_after_the_first_frame_opens_no_replay(tmp_path, model, own):
    path, again = tmp_path / "a.mcap", tmp_path / "b.mcap"
    with Session(headset=HEADSET, model=model, record=path) as session:
        assert session.recorder is not None
        for frame in frames(3):
            session.step(frame)
        session.recorder.calibration(file.packed(own))
    replay = Replay(LogReader(path), model, again)
    assert replay.calibration is None
    assert len(list(replay)) == 3
    assert again.read_bytes() == path.read_bytes()


def test_a_log_whose_calibration_is_none_says_so(tmp_path, model):
    path = tmp_path / "a.mcap"
    with Session(headset=HEADSET, model=model, record=path) as session:
        assert session.recorder is not None
        session.recorder.calibration(b"opaque")
        session.step(frames(1)[0])
    with pytest.raises(CalibrationError, match=r"the calibration in .*a\.mcap is damaged"):
        Replay(LogReader(path), model)


@pytest.mark.parametrize("bad", ["missing", "foreign", "wild"])
def test_a_calibration_that_is_none_opens_no_session_and_no_log(tmp_path, model, own, bad):
    path, log = tmp_path / "a.calibration", tmp_path / "a.mcap"
    given = path
    if bad == "foreign":
        path.write_bytes(b"a diary")
    if bad == "wild":
        given = replace(own, sensors=np.full_like(own.sensors, 1e9))
    with pytest.raises(CalibrationError):
        Session(headset=HEADSET, model=model, calibration=given, record=log)
    assert not log.exists()
