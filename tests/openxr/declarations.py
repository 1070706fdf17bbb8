"""What our OpenXR headers declare: read from their text, and as a compiler sees it."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.openxr.stub import DECLARATIONS, HERE

HEADERS = (DECLARATIONS / "openxr_face.h", HERE / "openxr_client.h")


@dataclass(frozen=True)
class Declared:
    """The names that headers declare.

    Attributes:
        structs: Field names of each structure.
        numbers: Every enumerator.
        functions: How many parameters each function has.
    """

    structs: dict[str, tuple[str, ...]]
    numbers: tuple[str, ...]
    functions: dict[str, int]


def declared() -> Declared:
    """What `HEADERS` declare."""
    text = " ".join(" ".join(path.read_text().split()) for path in HEADERS)
    text = re.sub(r"/\*.*?\*/", " ", text)
    structs = {
        name: tuple(re.findall(r"(\w+)(?:\[\w+\])? ?;", body))
        for name, body in re.findall(r"typedef struct (\w+) \{(.*?)\} \1;", text)
    }
    numbers = re.findall(r"\b(XR_\w+) = -?\d+", text)
    functions = {
        name: len(parameters.split(","))
        for name, parameters in re.findall(r"XrResult (xr\w+)\((.*?)\);", text)
    }
    return Declared(structs, tuple(numbers), functions)


def measured(compiler: str, folder: Path) -> dict[str, int]:
    """What a compiler makes of the headers.

    Returns:
        The value of each number, ``sizeof`` each structure, and for each field ``Struct.field`` its
        offset and ``Struct.field.size``.
    """
    found = declared()
    lines = [f'#include "{path}"' for path in HEADERS]
    lines += ["#include <stdio.h>", "int main(void) {"]
    lines += [f'  printf("{name} %lld\\n", (long long){name});' for name in found.numbers]
    for name, fields in found.structs.items():
        lines.append(f'  printf("{name} %zu\\n", sizeof({name}));')
        for field in fields:
            lines.append(f'  printf("{name}.{field} %zu\\n", offsetof({name}, {field}));')
            size = f"sizeof((({name} *)0)->{field})"
            lines.append(f'  printf("{name}.{field}.size %zu\\n", {size});')
    source, program = folder / "measured.c", folder / "measured"
    source.write_text("\n".join([*lines, "  return 0;", "}", ""]))
    options = ("-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", f"-I{DECLARATIONS}")
    subprocess.run([compiler, *options, source, "-o", program], check=True)
    done = subprocess.run([program], check=True, capture_output=True, text=True)
    return {name: int(value) for name, value in map(str.split, done.stdout.splitlines())}


def against_real(compiler: str, folder: Path, includes: Path) -> tuple[int, str]:
    """Compile the headers beside Khronos's own, each line of ours asserted against theirs.

    Extensions that the installed headers are too old for are passed over.

    Args:
        compiler: A C++ compiler.
        folder: To compile in.
        includes: The folder that holds ``openxr/openxr.h``.

    Returns:
        How many assertions were compiled, and what the compiler said: empty = all hold.
    """
    found = declared()
    real = "".join(path.read_text() for path in sorted((includes / "openxr").glob("*.h")))
    lines = ["#include <stddef.h>", "#include <stdint.h>", "#include <time.h>"]
    lines += ["namespace ours {", *(f'#include "{path}"' for path in HEADERS), "}"]
    # Before theirs come: some of these are macros there.
    lines += [f"constexpr long long ours_{name} = ours::{name};" for name in found.numbers]
    lines += ["#define XR_USE_TIMESPEC", "#include <openxr/openxr.h>"]
    lines += ["#include <openxr/openxr_platform.h>"]
    lines += ["#include <openxr/openxr_loader_negotiation.h>"]
    lines += [
        f'static_assert(ours_{name} == (long long){name}, "{name}");'
        for name in found.numbers
        if re.search(rf"\b{name}\b", real)
    ]
    for name, fields in found.structs.items():
        if not re.search(rf"\}} {name};", real):
            continue
        lines.append(f'static_assert(sizeof(ours::{name}) == sizeof({name}), "{name}");')
        for field in fields:
            sides = [f"offsetof({side}{name}, {field})" for side in ("ours::", "::")]
            lines.append(f'static_assert({" == ".join(sides)}, "{name}.{field}");')
    source = folder / "against_real.cpp"
    source.write_text("\n".join([*lines, ""]))
    options = ("-std=c++17", "-fsyntax-only", f"-I{DECLARATIONS}", f"-I{includes}")
    done = subprocess.run([compiler, *options, source], capture_output=True, text=True)
    return sum(line.startswith("static_assert") for line in lines), done.stderr
