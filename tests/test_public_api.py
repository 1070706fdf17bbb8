"""The front door: what `import vrface` offers, and what it must not load."""

import subprocess
import sys

import pytest

import vrface

WITHOUT_JAX = (
    "vrface",
    "vrface.session",
    "vrface.wire",
    "vrface.client",
    "vrface.log",
    "vrface.trackers",
    "vrface.simulation",
)
LOADED = """
import importlib, sys
importlib.import_module({module!r})
print(*sorted(set(sys.modules) & {{"jax", "jaxlib", "flax", "optax", "tensorflow", "torch"}}))
"""


def test_public_names_are_sorted_and_exist():
    assert list(vrface.__all__) == sorted(set(vrface.__all__))
    for name in vrface.__all__:
        assert getattr(vrface, name) is not None, name


def test_dir_lists_every_public_name():
    assert set(vrface.__all__) <= set(dir(vrface))


@pytest.mark.parametrize("module", WITHOUT_JAX)
def test_import_does_not_load_jax(module):
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(module=module)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""
