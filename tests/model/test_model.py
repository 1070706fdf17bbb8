"""A loaded model: what it is told of wearers, and what it learns of one from their own truth."""

from dataclasses import replace

import numpy as np

from vrface.face.blendshapes import COUNT
from vrface.model import ridge
from vrface.model.calibration import Calibration
from vrface.model.calibration.calibration import Touch
from vrface.model.calibration.last_layer import Prior
from vrface.model.checkpoint import RIVALS, statistics_of
from vrface.model.config import NetworkConfig
from vrface.model.features import SKIN, WIDTH
from vrface.model.known import summaries
from vrface.model.model import Model
from vrface.model.network import NetworkArchitecture

SMALL = NetworkConfig(
    slots=(0, 1, 2, 130),
    width=8,
    encoder_width=8,
    slot_width=4,
    blocks=1,
    memory=8,
    hidden=8,
    code_width=4,
    skin_places=4,
)
PLACES = np.random.default_rng(0).normal(0.0, 0.05, (len(SKIN), 3)).astype(np.float32)
FRAMES = 300


def made(digest: bytes = b"mine") -> Model:
    """A network that nobody trained, whose wearers differ widely."""
    usual = {"sensor_rest": 0.0, "prior_mean": 0.0, "prior_noise": 0.01}
    statistics = {
        name: np.full(shape, usual.get(name, 0.1), np.float32)
        for name, shape in statistics_of(SMALL.width).items()
    }
    statistics["prior_directions"] = np.eye(SMALL.width, dtype=np.float32)
    network = NetworkArchitecture(SMALL)
    rivals = {name: np.full(shape, 0.1, np.float32) for name, shape in RIVALS.items()}
    return Model("made", digest, {}, "", statistics, rivals, network, network.drawn(0))


MODEL = made()


def seen(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Features against nothing and seconds, of a wearer at 30 Hz."""
    rng = np.random.default_rng(seed)
    features = np.zeros((FRAMES, 4, WIDTH), np.float32)
    features[:, 0] = 0.5 + np.cumsum(0.02 * rng.normal(size=(FRAMES, WIDTH)), axis=0)
    features[:, 2] = 1.0
    dt = np.full(FRAMES, 1 / 30, np.float32)
    dt[0] = 0.0
    return features, dt


def touch(model: bytes, seed: int = 0) -> Touch:
    rng = np.random.default_rng(seed)
    move = rng.normal(size=(SMALL.width + 1, COUNT)).astype(np.float32)
    return Touch(model, move, rng.uniform(0.5, 2.0, COUNT).astype(np.float32))


def test_what_is_known_of_each_wearer_reaches_the_step() -> None:
    features, _ = seen()
    sensed = Calibration.unpaired(features)
    own = replace(sensed, touch=touch(MODEL.digest))
    known = MODEL.known([Calibration.none(), sensed, own], PLACES)
    alone = [MODEL.known([one], PLACES) for one in (Calibration.none(), sensed, own)]
    for name in ("code", "move", "widen"):
        each = np.concatenate([getattr(one, name) for one in alone])
        np.testing.assert_allclose(getattr(known, name), each, atol=1e-6)
    codes = np.asarray(known.code)
    np.testing.assert_allclose(codes[1], codes[2], atol=1e-6)
    assert np.abs(codes[0] - codes[1]).max() > 1e-3
    assert summaries([sensed], MODEL.statistics).any()
    np.testing.assert_array_equal(known.nearness, alone[0].nearness)
    assert len(known.nearness) == 1
    assert own.touch is not None
    np.testing.assert_array_equal(known.move[2], own.touch.move)
    np.testing.assert_array_equal(known.widen[2], own.touch.widen)


def test_what_another_model_was_taught_is_left_aside() -> None:
    nobody = Calibration.none()
    foreign = replace(nobody, touch=touch(b"another"))
    for one, other in zip(
        MODEL.known([foreign], PLACES), MODEL.known([nobody], PLACES), strict=True
    ):
        np.testing.assert_array_equal(one, other)
    assert np.asarray(MODEL.known([replace(nobody, touch=touch(b"mine"))], PLACES).move).any()


def face(seed: int = 1) -> np.ndarray:
    """[frames, 54] a face that the network knows nothing of: it holds every shape."""
    rng = np.random.default_rng(seed)
    held = rng.uniform(0.3, 0.9, COUNT)
    return np.clip(held + 0.02 * rng.normal(size=(FRAMES, COUNT)), 0.0, 1.0).astype(np.float32)


def said(calibration: Calibration) -> np.ndarray:
    """[frames, 54] what a session expects of the same seconds."""
    features, dt = seen()
    carry, known, means = MODEL.new_carry(1), MODEL.known([calibration], PLACES), []
    for frame in range(FRAMES):
        carry, law = MODEL.step(carry, features[frame : frame + 1], dt[frame : frame + 1], known)
        means.append(np.asarray(law["mean"])[0])
    return np.stack(means)


def test_who_is_taught_is_followed_and_nobody_else_is_changed() -> None:
    features, dt = seen()
    weights = face()
    known = Calibration.none()
    taught = MODEL.taught(known, features, dt, weights, PLACES)
    assert known.touch is None
    assert taught.touch is not None
    assert taught.touch.model == MODEL.digest
    assert (taught.mode, taught.sensors is known.sensors) == (known.mode, True)
    rest = known.face_rest(MODEL.statistics)
    truth = np.clip((weights - rest) / (1.0 - rest), 0.0, 1.0)
    before, after = (np.abs(said(one)[30:] - truth[30:]).mean() for one in (known, taught))
    assert after < 0.5 * before


def test_unknown_truth_teaches_nothing() -> None:
    features, dt = seen()
    unknown = np.full((FRAMES, COUNT), np.nan, np.float32)
    taught = MODEL.taught(Calibration.none(), features, dt, unknown, PLACES)
    assert taught.touch is not None
    assert not taught.touch.move.any()
    assert (taught.touch.widen == 1.0).all()
    np.testing.assert_array_equal(said(taught), said(Calibration.none()))


def test_the_ridge_has_no_last_layer_to_teach() -> None:
    features, dt = seen()
    own = MODEL.ridge
    assert isinstance(own.architecture, ridge.RidgeArchitecture)
    calibration = Calibration.unpaired(features)
    assert own.taught(calibration, features, dt, face(), PLACES) is calibration
    assert own.known([calibration], PLACES).code.shape == (1, 0)
    assert own.digest != MODEL.digest


def test_the_prior_is_that_of_its_checkpoint() -> None:
    prior = Prior.of(MODEL.statistics)
    np.testing.assert_array_equal(prior.noise, MODEL.statistics["prior_noise"])
    assert prior.variance.shape == (1 + SMALL.width, COUNT)
