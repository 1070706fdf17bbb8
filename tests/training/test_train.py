"""Training from seeds to a checkpoint."""

import importlib.util
import re
from pathlib import Path

import pytest

from vrface.errors import BadUse, Refused
from vrface.model import checkpoint, pretrained
from vrface.training.train import RidgeConfig, train_ridge
from vrface.trust.permission import Permission

RECIPE = Path(__file__).parents[2] / "train" / "recipes" / "ridge.py"
SMALL = RidgeConfig(wearers=5, seconds=12.0)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes, list[str]]:
    told: list[str] = []
    folder = tmp_path_factory.mktemp("trained") / "small"
    digest = train_ridge(
        SMALL, folder, Permission.local(), lambda what, done, of: told.append(f"{what} {done}/{of}")
    )
    return folder, digest, told


def test_the_checkpoint_loads_and_says_what_it_is(trained: tuple[Path, bytes, list[str]]) -> None:
    folder, digest, told = trained
    model = checkpoint.load(folder)
    assert model.digest == digest
    assert model.config["training"]["wearers"] == 5
    assert model.config["best_rival"] in model.config["held_out_crps"]["hidden"]
    assert "5 synthetic wearers, 12 s each" in model.card
    assert "No real face was used" in " ".join(model.card.split())
    assert told[0] == "simulating wearers 0/5"
    assert told[-1] == "statistics 1/1"
    assert "fitting 32/32" in told


def test_the_same_seeds_give_the_same_checkpoint(
    trained: tuple[Path, bytes, list[str]], tmp_path: Path
) -> None:
    assert train_ridge(SMALL, tmp_path / "again", Permission.local()) == trained[1]


def test_clear_refusals(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="train was refused"):
        train_ridge(SMALL, tmp_path, Permission("signed", "me"))
    with pytest.raises(BadUse, match="4 wearers or more"):
        train_ridge(RidgeConfig(wearers=3), tmp_path, Permission.local())


def test_the_recipe_is_what_the_shipped_model_was_trained_by() -> None:
    spec = importlib.util.spec_from_file_location("ridge_recipe", RECIPE)
    assert spec is not None
    assert spec.loader is not None
    recipe = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(recipe)
    trained_by = pretrained.load().config["training"]
    config = recipe.config()
    assert {key: trained_by[key] for key in vars(config)} == vars(config)


def test_the_recipe_states_price_and_promise() -> None:
    text = RECIPE.read_text("utf-8")
    promised = float(re.search(r"CRPS x 1000 of ([\d.]+)", text).group(1))  # type: ignore[union-attr]
    scored = pretrained.load().config["held_out_crps"]["hidden"]["ridge"]
    assert promised == pytest.approx(1000 * scored, rel=0.01)
