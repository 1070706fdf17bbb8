"""Recipes: Python files whose `config()` returns the whole training configuration."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from types import ModuleType

from vrface.errors import BadUse
from vrface.training.config import TrainConfig

_ADVICE = "A recipe defines config(), which returns a vrface.training.config.TrainConfig."


def read_recipe(path: Path) -> TrainConfig:
    """Run a recipe and take the configuration that it returns.

    A recipe is a program: run only those whose author you trust.

    Args:
        path: The Python file.

    Raises:
        BadUse: if it is not there, fails (with its line at fault), or returns no `TrainConfig`.
    """
    if not path.is_file():
        raise BadUse(f"no recipe at {path}.", "Give a Python file, or --preset NAME.")
    recipe = ModuleType("vrface_recipe")
    recipe.__file__ = str(path)
    # Dataclasses look their module up by its name.
    sys.modules[recipe.__name__] = recipe
    try:
        exec(compile(path.read_bytes(), str(path), "exec"), recipe.__dict__)  # noqa: S102
        make = getattr(recipe, "config", None)
        config = make() if callable(make) else None
    except (Exception, SystemExit) as error:
        where = f"recipe {path}{_line_at_fault(path, error)}"
        raise BadUse(f"{where}: {type(error).__name__}: {_reason(error)}.") from None
    if not callable(make):
        raise BadUse(f"recipe {path} has no config().", _ADVICE)
    if not isinstance(config, TrainConfig):
        got = type(config).__name__
        raise BadUse(f"recipe {path}: config() returned {got}, no TrainConfig.", _ADVICE)
    return config


def _line_at_fault(path: Path, error: BaseException) -> str:
    """The recipe's own last line that led to an error."""
    calls = traceback.extract_tb(error.__traceback__)
    lines = [call.lineno for call in calls if call.filename == str(path)]
    if isinstance(error, SyntaxError) and error.filename == str(path):
        lines.append(error.lineno)
    return f", line {lines[-1]}" if lines and lines[-1] else ""


def _reason(error: BaseException) -> str:
    return (error.msg if isinstance(error, SyntaxError) else str(error)).rstrip(".")
