"""Checkpoints: what was saved comes back; what was altered is refused."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from vrface.errors import CheckpointError, UnknownName
from vrface.model import checkpoint, pretrained, ridge
from vrface.model.checkpoint import STATISTICS

RNG = np.random.default_rng(0)


def write(folder: Path, **changes: object) -> bytes:
    statistics = {k: 0.1 + RNG.random(s, dtype=np.float32) for k, s in STATISTICS.items()}
    parts = {
        "config": {"kind": "ridge"},
        "params": ridge.empty_params(),
        "statistics": statistics,
        "card": "# a test\n",
    }
    return checkpoint.save(folder, **{**parts, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkpoint") / "mine"
    write(folder)
    return folder


def test_what_was_saved_comes_back(tmp_path: Path) -> None:
    params = ridge.empty_params()
    params["weights"][3, 5, 7] = 0.25
    digest = write(tmp_path / "mine", params=params)
    model = checkpoint.load(tmp_path / "mine")
    assert model.digest == digest
    assert model.name == "mine"
    assert model.config["kind"] == "ridge"
    np.testing.assert_array_equal(model.params["weights"], params["weights"])
    assert {k: v.shape for k, v in model.statistics.items()} == STATISTICS


def test_the_same_content_has_the_same_digest(tmp_path: Path) -> None:
    statistics = {k: np.ones(shape, np.float32) for k, shape in STATISTICS.items()}
    one = write(tmp_path / "a", statistics=statistics)
    assert one == write(tmp_path / "b", statistics=dict(reversed(statistics.items())))


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
    params = ridge.empty_params()
    params["weights"][0, 0, 0] = np.nan
    write(tmp_path / "nan", params=params)
    with pytest.raises(CheckpointError, match="not a finite float32"):
        checkpoint.load(tmp_path / "nan")
    write(tmp_path / "shape", params={"weights": np.zeros((2, 3), np.float32)})
    with pytest.raises(CheckpointError, match="holds arrays"):
        checkpoint.load(tmp_path / "shape")


def test_a_law_without_spread_is_refused(tmp_path: Path) -> None:
    params = ridge.empty_params()
    params["scale"][3, 2, 1] = -0.1
    write(tmp_path / "negative", params=params)
    with pytest.raises(CheckpointError, match="law without spread"):
        checkpoint.load(tmp_path / "negative")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("config.json", b"[]"),
        ("config.json", b"{"),
        ("card.md", b"\xff\xfe"),
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


def test_models_by_name() -> None:
    model = pretrained.load()
    assert model.name == "default"
    assert model.digest.hex() == pretrained.released()["default"]
    assert pretrained.load("default") is model
    with pytest.raises(UnknownName, match="Did you mean 'default'"):
        pretrained.load("defualt")
    with pytest.raises(CheckpointError, match="no checkpoint at"):
        pretrained.load("no/such/folder")


def test_the_default_model_is_a_fitted_one() -> None:
    model = pretrained.load()
    assert model.config["kind"] == "ridge"
    assert np.abs(np.asarray(model.params["weights"])).max() > 0
    assert "synthetic" in model.card
