"""Recipes: what runs, what is refused and how, and that the shipped one is what it says."""

import ast
import json
import re
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from vrface.errors import BadUse
from vrface.model import pretrained
from vrface.model.checkpoint import LEARNED_RIVALS
from vrface.training.config import PRESETS, TrainConfig, preset
from vrface.training.recipes import read_recipe

RECIPES = Path(__file__).parents[2] / "train" / "recipes"
HEAD = "from vrface.training.config import TrainConfig, preset\n"


@pytest.fixture
def recipe(tmp_path):
    """Write a recipe."""

    def write(text):
        path = tmp_path / "mine.py"
        path.write_text(text)
        return path

    return write


def test_a_recipe_gives_its_config(recipe):
    path = recipe(HEAD + "def config():\n    return TrainConfig(steps=7)\n")
    assert read_recipe(path) == TrainConfig(steps=7)
    assert not list(path.parent.glob("__pycache__"))


DATACLASS = """\
from __future__ import annotations
from dataclasses import dataclass
from vrface.training.config import TrainConfig

@dataclass(frozen=True)
class Mine(TrainConfig):
    more: int = 3

def config():
    return Mine(steps=5)
"""


def test_a_recipe_may_define_dataclasses(recipe):
    assert read_recipe(recipe(DATACLASS)).steps == 5


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = 1\n", "has no config()"),
        ("config = 3\n", "has no config()"),
        ("def config():\n    return 3\n", "config() returned int, no TrainConfig"),
        ("def config():\n    pass\n", "config() returned NoneType, no TrainConfig"),
        ("def config(\n", "line 1: SyntaxError"),
        ("x = 1\nimport nowhere\n", "line 2: ModuleNotFoundError: No module named 'nowhere'."),
        (
            HEAD + "def config():\n    return TrainConfig(stepps=7)\n",
            "line 3: TypeError: TrainConfig.__init__() got an unexpected keyword argument 'stepps'",
        ),
        (
            HEAD + "\n\ndef config():\n    return preset('tiny_cp')\n",
            "line 5: UnknownName: unknown preset 'tiny_cp'. Did you mean 'tiny_cpu'?.",
        ),
        ("import sys\nsys.exit('enough')\n", "line 2: SystemExit: enough."),
        ("x = '\x00'\n", "ValueError|SyntaxError"),
    ],
)
def test_what_is_no_recipe_says_why_and_where(recipe, text, words):
    with pytest.raises(BadUse) as error:
        read_recipe(recipe(text))
    assert any(word in str(error.value) for word in words.split("|")), error.value
    assert "mine.py" in str(error.value)
    assert "\n" not in str(error.value)


def test_no_recipe_there(tmp_path):
    for path in (tmp_path / "nothere.py", tmp_path):
        with pytest.raises(BadUse, match="no recipe at"):
            read_recipe(path)


def test_every_preset_has_a_recipe_that_adds_its_rivals():
    assert {path.stem for path in RECIPES.glob("*.py")} == set(PRESETS)
    for name in PRESETS:
        assert read_recipe(RECIPES / f"{name}.py") == replace(preset(name), rivals=LEARNED_RIVALS)


def test_the_example_of_a_change_in_the_recipe_runs(recipe):
    docstring = ast.get_docstring(ast.parse((RECIPES / "tiny_cpu.py").read_text())) or ""
    example = docstring.split("```")[3]
    config = read_recipe(recipe(HEAD + example))
    base = preset("tiny_cpu")
    assert config == replace(
        base,
        simulated=replace(base.simulated, wearers=1000, headsets=("mouth_only",)),
        network=replace(base.network, width=256),
        steps=5000,
    )


def test_the_shipped_model_was_trained_by_the_recipe_and_keeps_its_promise():
    model, recipe = pretrained.load(), read_recipe(RECIPES / "base.py")
    assert model.config["training"] == json.loads(json.dumps(asdict(recipe)))
    docstring = ast.get_docstring(ast.parse((RECIPES / "base.py").read_text())) or ""
    promised = re.findall(r"\d+\.\d+", docstring.split("Promise:")[1].split("To change it")[0])
    (table,) = re.findall(r"`vive_pro_eye_lip`.*?:\n\n((?:\|.*\n)+)", model.card)
    rows = [[cell.strip() for cell in line.split("|")] for line in table.splitlines()]
    unpaired = {row[1]: row[rows[0].index("unpaired")] for row in rows}
    assert promised == [unpaired["this model"], unpaired["ridge"]]
