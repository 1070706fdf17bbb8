"""The constants of the bindings: up to date, each name once, and a C compiler takes them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from vrface.face.blendshapes import BLENDSHAPES
from vrface.face.expression import Source, Status
from vrface.face.extras import EXTRAS
from vrface.face.schemes import scheme

ROOT = Path(__file__).resolve().parent.parent
BINDINGS = ROOT / "bindings"
FILES = {
    "c": BINDINGS / "c" / "vrface_shapes.h",
    "csharp": BINDINGS / "csharp" / "VrfaceShapes.cs",
    "godot": BINDINGS / "godot" / "vrface_shapes.gd",
    "typescript": BINDINGS / "typescript" / "vrface_shapes.ts",
}
LISTS = (BLENDSHAPES, EXTRAS, scheme("arkit").shapes, scheme("unified").shapes)

PRINT_C = """
#include <stdio.h>
#include "vrface_frame_block.h"
#include "vrface_shapes.h"
int main(void) {
  int k;
  for (k = 0; k < VRFACE_SHAPE_COUNT; k++) puts(vrface_shape_names[k]);
  for (k = 0; k < VRFACE_EXTRA_COUNT; k++) puts(vrface_extra_names[k]);
  printf("%d %d %d %d\\n", VRFACE_TONGUE_OUT, VRFACE_SOURCE_COPIED, VRFACE_STATUS_WITHHELD,
         VRFACE_SHAPE_COUNT == (int)VRFACE_CORE);
  return 0;
}
"""


def generate(*arguments, cwd=ROOT):
    command = [sys.executable, str(cwd / "scripts" / "constants.py"), *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )


def test_the_bindings_hold_what_the_tables_say():
    done = generate("--check")
    assert done.returncode == 0, done.stderr


def test_a_stale_file_is_told_by_name_and_written_anew(tmp_path):
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "constants.py", tmp_path / "scripts")
    done = generate("--check", cwd=tmp_path)
    assert done.returncode == 1
    assert "bindings/godot/vrface_shapes.gd" in done.stderr
    assert not (tmp_path / "bindings").exists()
    (tmp_path / "bindings").mkdir()
    assert generate(cwd=tmp_path).returncode == 0
    for path in (*FILES.values(), BINDINGS / "openxr_layer" / "vrface_schemes.h"):
        made = tmp_path / "bindings" / path.relative_to(BINDINGS)
        assert made.read_bytes() == path.read_bytes()
    assert generate("--check", cwd=tmp_path).returncode == 0
    assert generate("--bogus", cwd=tmp_path).returncode == 2


@pytest.mark.parametrize("language", FILES)
def test_every_list_of_names_stands_in_every_language_in_order(language):
    text = FILES[language].read_text(encoding="utf-8")
    assert re.findall(r'"(\w+)"', text) == [name for names in LISTS for name in names]


@pytest.mark.parametrize("language", FILES)
def test_every_shape_source_and_status_has_its_number_once(language):
    text = FILES[language].read_text(encoding="utf-8")
    plain = re.sub(r"VRFACE_(SOURCE_|STATUS_)?", "", text)
    numbers = re.findall(r"(?m)^\s+(\w+)(?: =|:) (\d+),$", plain)
    words = [*BLENDSHAPES, *(kind.name for kind in Source), *(kind.name for kind in Status)]
    values = [*range(len(BLENDSHAPES)), *Source, *Status]
    told = [(name.replace("_", "").lower(), int(number)) for name, number in numbers]
    assert told == [
        (word.replace("_", "").lower(), value) for word, value in zip(words, values, strict=True)
    ]


def test_a_c99_compiler_takes_the_header_beside_the_frame_blocks_without_a_warning(
    tmp_path, compiler
):
    (tmp_path / "print.c").write_text(PRINT_C)
    strict = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", "-D_POSIX_C_SOURCE=200809L"]
    program = tmp_path / "print"
    command = [
        compiler("gcc"),
        *strict,
        f"-I{BINDINGS / 'c'}",
        str(tmp_path / "print.c"),
        "-o",
        str(program),
    ]
    made = subprocess.run(command, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    *names, numbers = subprocess.run([program], capture_output=True, text=True).stdout.splitlines()
    assert names == [*BLENDSHAPES, *EXTRAS]
    assert numbers == f"53 {Source.COPIED.value} {Status.WITHHELD.value} 1"
