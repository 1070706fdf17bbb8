"""Checkpoints: what was saved comes back; what was altered is refused."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from vrface.errors import CheckpointError, UnknownName
from vrface.model import checkpoint, pretrained, ridge
from vrface.model.calibration import Calibration
from vrface.model.checkpoint import RIVALS, statistics_of
from vrface.model.config import NetworkConfig
from vrface.model.features import SKIN, WIDTH
from vrface.model.network import NetworkArchitecture

RNG = np.random.default_rng(0)
NETWORK = NetworkConfig(width=8, encoder_width=8, slot_width=4, blocks=1, memory=8, hidden=8)
STATISTICS = statistics_of(NETWORK.width)
PARAMS = {name: np.asarray(leaf) for name, leaf in NetworkArchitecture(NETWORK).drawn(0).items()}


def drawn(shapes: dict[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
    """Arrays of these shapes, each value in [.1, .9)."""
    return {name: 0.1 + 0.8 * RNG.random(shape, dtype=np.float32) for name, shape in shapes.items()}


def write(folder: Path, **changes: object) -> bytes:
    parts = {
        "network": NETWORK,
        "config": {"best_rival": {"none": {"": "copy_rule"}}},
        "params": PARAMS,
        "rivals": drawn(RIVALS),
        "statistics": drawn(STATISTICS),
        "card": "# a test\n",
    }
    return checkpoint.save(folder, **{**parts, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkpoint") / "mine"
    write(folder)
    return folder


def test_what_was_saved_comes_back(tmp_path: Path) -> None:
    rivals = drawn(RIVALS)
    digest = write(tmp_path / "mine", rivals=rivals)
    model = checkpoint.load(tmp_path / "mine")
    assert model.digest == digest
    assert model.name == "mine"
    assert model.config["best_rival"] == {"none": {"": "copy_rule"}}
    assert isinstance(model.architecture, NetworkArchitecture)
    assert model.architecture.config == NETWORK
    for name, value in PARAMS.items():
        np.testing.assert_array_equal(model.params[name], value)
    for name, value in rivals.items():
        np.testing.assert_array_equal(model.rivals[name], value)
    assert {k: v.shape for k, v in model.statistics.items()} == STATISTICS


def test_arrays_come_back_however_they_lie_in_memory(tmp_path: Path) -> None:
    rivals = {name: np.asfortranarray(value) for name, value in drawn(RIVALS).items()}
    write(tmp_path / "mine", rivals=rivals)
    for name, value in checkpoint.load(tmp_path / "mine").rivals.items():
        np.testing.assert_array_equal(value, rivals[name])


def test_the_ridge_of_a_checkpoint_is_a_model_of_its_own(tmp_path: Path) -> None:
    rivals = drawn(RIVALS)
    write(tmp_path / "mine", rivals=rivals)
    model = checkpoint.load(tmp_path / "mine")
    assert model.ridge.name == "ridge"
    assert (
        model.ridge.digest
        == hashlib.sha256((tmp_path / "mine" / "rivals.safetensors").read_bytes()).digest()
    )
    features, dt = RNG.random((2, 4, WIDTH), np.float32), np.full(2, 0.01, np.float32)
    known = model.ridge.known([Calibration.none()] * 2, np.zeros((len(SKIN), 3), np.float32))
    params = {name: rivals[f"ridge_{name}"] for name in ("weights", "scale")}
    _, expected = ridge.step(params, ridge.new_carry(2), features, dt)
    _, found = model.ridge.step(model.ridge.new_carry(2), features, dt, known)
    for name, value in expected.items():
        np.testing.assert_array_equal(found[name], value)


def test_the_same_content_has_the_same_digest(tmp_path: Path) -> None:
    statistics, rivals = drawn(STATISTICS), drawn(RIVALS)
    one = write(tmp_path / "a", statistics=statistics, rivals=rivals)
    other = write(tmp_path / "b", statistics=dict(reversed(statistics.items())), rivals=rivals)
    assert one == other


@pytest.mark.parametrize("name", sorted(checkpoint.FILES))
def test_any_flipped_bit_is_refused(saved: Path, tmp_path: Path, name: str) -> None:
    size = (saved / name).stat().st_size
    for place in {0, size - 1, *RNG.integers(0, size, 40).tolist()}:
        folder = tmp_path / f"{place}"
        shutil.copytree(saved, folder)
        data = bytearray((folder / name).read_bytes())
        data[place] ^= 1 << int(RNG.integers(8))
        (folder / name).write_bytes(data)
        with pytest.raises(CheckpointError, match=f"{name} was altered"):
            checkpoint.load(folder)
        shutil.rmtree(folder)


@pytest.mark.parametrize("name", [*sorted(checkpoint.FILES), "manifest.json"])
def test_a_missing_or_cut_file_is_refused(saved: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "cut"
    shutil.copytree(saved, folder)
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data[: len(data) // 2])
    with pytest.raises(CheckpointError):
        checkpoint.load(folder)
    (folder / name).unlink()
    with pytest.raises(CheckpointError, match=f"{name} is not there"):
        checkpoint.load(folder)


def test_swapped_files_are_refused(saved: Path, tmp_path: Path) -> None:
    folder = tmp_path / "swapped"
    shutil.copytree(saved, folder)
    weights, statistics = folder / "weights.safetensors", folder / "statistics.safetensors"
    kept = weights.read_bytes()
    weights.write_bytes(statistics.read_bytes())
    statistics.write_bytes(kept)
    with pytest.raises(CheckpointError, match="was altered"):
        checkpoint.load(folder)


def test_a_manifest_that_reaches_outside_is_refused(saved: Path, tmp_path: Path) -> None:
    folder = tmp_path / "reaching"
    shutil.copytree(saved, folder)
    (folder / "manifest.json").write_text(json.dumps({"../../secret": "0" * 64}))
    with pytest.raises(CheckpointError, match="does not list"):
        checkpoint.load(folder)


def test_a_rewritten_manifest_is_refused_where_the_digest_is_known(tmp_path: Path) -> None:
    digest = write(tmp_path / "one")
    write(tmp_path / "two", card="# another\n")
    with pytest.raises(CheckpointError, match="expected"):
        checkpoint.load(tmp_path / "two", digest=digest.hex())


def test_values_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    name = next(iter(PARAMS))
    write(tmp_path / "nan", params={**PARAMS, name: np.full_like(PARAMS[name], np.nan)})
    with pytest.raises(CheckpointError, match="not a finite float32"):
        checkpoint.load(tmp_path / "nan")
    write(tmp_path / "huge", params={**PARAMS, name: np.full_like(PARAMS[name], 1e20)})
    with pytest.raises(CheckpointError, match="not a finite float32 of at most"):
        checkpoint.load(tmp_path / "huge")
    resting = {**drawn(STATISTICS), "face_rest": np.full(54, 5.0, np.float32)}
    write(tmp_path / "rest", statistics=resting)
    with pytest.raises(CheckpointError, match="face_rest is out of"):
        checkpoint.load(tmp_path / "rest")
    for name in ("prior_variance", "prior_noise"):
        none = drawn(STATISTICS)
        none[name].flat[1] = 0.0
        write(tmp_path / "prior", statistics=none)
        with pytest.raises(CheckpointError, match="prior variance is 0"):
            checkpoint.load(tmp_path / "prior")
    name = next(iter(PARAMS))
    write(tmp_path / "shape", params={**PARAMS, name: np.zeros((2, 3), np.float32)})
    with pytest.raises(CheckpointError, match=r"hold \(2, 3\) as"):
        checkpoint.load(tmp_path / "shape")
    write(tmp_path / "missing", rivals={})
    with pytest.raises(CheckpointError, match="hold nothing as"):
        checkpoint.load(tmp_path / "missing")
    write(tmp_path / "more", statistics={**drawn(STATISTICS), "more": np.zeros(1, np.float32)})
    with pytest.raises(CheckpointError, match="no such array"):
        checkpoint.load(tmp_path / "more")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ridge_scale", 0.001),
        ("climatology_scale", -0.1),
        ("neutral_factors", 0.0),
        ("ridge_user_factors", -1.0),
        ("ridge_line", -11.0),
        ("ridge_user_share", 1.1),
        ("pool_share", 1.1),
        ("pool_share", -0.1),
        ("climatology_histogram", -0.1),
        ("calibration_climatology_weight", -1.0),
    ],
)
def test_rivals_that_make_no_law_are_refused(tmp_path: Path, name: str, value: float) -> None:
    rivals = drawn(RIVALS)
    rivals[name].flat[3] = value
    write(tmp_path / "wrong", rivals=rivals)
    with pytest.raises(CheckpointError, match=rf"{name} is out of \["):
        checkpoint.load(tmp_path / "wrong")


LINE, FACTORS = (np.ones(RIVALS[f"ridge_{part}"], np.float32) for part in ("line", "factors"))


def test_learned_rivals_come_along_in_whatever_shape(tmp_path: Path) -> None:
    learned = {
        "knn.places": RNG.random((7, 3), np.float32),
        "knn.line": LINE,
        "knn.factors": FACTORS,
        "gru.head.laws.kernel": -RNG.random((2, 5), np.float32),
        "gru.line": LINE,
        "gru.factors": FACTORS,
    }
    write(tmp_path / "more", rivals=drawn(RIVALS) | learned)
    rivals = checkpoint.load(tmp_path / "more").rivals
    for name, value in learned.items():
        np.testing.assert_array_equal(rivals[name], value)


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ({"knn.places": LINE}, "hold nothing as 'knn.factors'"),
        ({"knn.factors": FACTORS}, "hold nothing as 'knn.line'"),
        (
            {"knn.line": LINE, "knn.factors": FACTORS[:1]},
            r"as 'knn.factors', this vrface reads \(3, 8, 54\)",
        ),
        ({"knn.line": LINE, "knn.factors": -FACTORS}, "knn.factors is out of"),
        ({"knn.line": 20 * LINE, "knn.factors": FACTORS}, "knn.line is out of"),
        (
            {"tcn.x": LINE * np.inf, "tcn.line": LINE, "tcn.factors": FACTORS},
            "tcn.x holds what is not a finite",
        ),
        ({"svm.line": LINE}, "no such array"),
        ({"knn": LINE}, "knn"),
    ],
)
def test_learned_rivals_that_cannot_be_used_are_refused(
    tmp_path: Path, extra: dict[str, np.ndarray], message: str
) -> None:
    write(tmp_path / "wrong", rivals=drawn(RIVALS) | extra)
    with pytest.raises(CheckpointError, match=message):
        checkpoint.load(tmp_path / "wrong")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("config.json", b"[]"),
        ("config.json", b"{"),
        ("config.json", b"[" * 200_000),
        ("config.json", b'{"seen": 3}'),
        ("rivals.safetensors", b"\xff\xfe"),
        ("weights.safetensors", b"garbage"),
        ("statistics.safetensors", b""),
    ],
)
def test_what_is_whole_but_malformed_is_refused(
    saved: Path, tmp_path: Path, name: str, data: bytes
) -> None:
    folder = tmp_path / "malformed"
    shutil.copytree(saved, folder)
    (folder / name).write_bytes(data)
    listed = json.loads((folder / "manifest.json").read_text())
    listed[name] = hashlib.sha256(data).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(listed))
    with pytest.raises(CheckpointError, match="malformed"):
        checkpoint.load(folder)


def test_saving_again_replaces_the_whole(tmp_path: Path) -> None:
    first = write(tmp_path / "mine")
    second = write(tmp_path / "mine", card="# newer\n")
    assert first != second
    assert checkpoint.load(tmp_path / "mine").card == "# newer\n"
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_another_version_is_refused_with_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "FEATURES_VERSION", 99)
    write(tmp_path / "future")
    monkeypatch.undo()
    with pytest.raises(CheckpointError, match=r"features_version 99.*Retrain"):
        checkpoint.load(tmp_path / "future")


def test_a_checkpoint_without_the_rivals_of_today_is_refused_with_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "CHECKPOINT_VERSION", 3)
    write(tmp_path / "old", rivals={})
    monkeypatch.undo()
    with pytest.raises(CheckpointError, match=r"checkpoint_version 3.*reads 4.*Retrain"):
        checkpoint.load(tmp_path / "old")


def test_models_by_name() -> None:
    model = pretrained.load()
    assert model.name == "default"
    assert model.digest.hex() == pretrained.released()["default"]
    assert pretrained.load("default") is model
    with pytest.raises(UnknownName, match="Did you mean 'default'"):
        pretrained.load("defualt")
    with pytest.raises(CheckpointError, match="no checkpoint at"):
        pretrained.load("no/such/folder")


def test_the_ridge_that_ships_is_that_of_the_default_model() -> None:
    model = pretrained.load("ridge")
    assert model.name == "ridge"
    assert pretrained.load("ridge") is model
    assert "ridge" in pretrained.names()
    assert model.digest == pretrained.load().ridge.digest
    assert model.digest != pretrained.load().digest


def test_the_default_model_is_a_fitted_one() -> None:
    model = pretrained.load()
    assert isinstance(model.architecture, NetworkArchitecture)
    assert np.abs(np.asarray(model.ridge.params["weights"])).max() > 0
    assert model.streams == ("mouth_tracker", "lids", "gaze")
    assert "synthetic" in model.card
