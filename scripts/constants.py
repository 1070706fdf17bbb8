"""Generates the constants that the bindings share: C, C#, GDScript and TypeScript, from one table.

The 54 blendshapes and their names, the extras, `Source` and `FaceStatus`; and, for avatars that are
rigged with them, the names of ARKit's and Unified Expressions' shapes in their own index order. For
the OpenXR layer, in C++: how a face is written in the schemes of the extensions that it adds.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from pathlib import Path

from vrface.face.blendshapes import BLENDSHAPES, REGIONS, SET_VERSION, region_indices
from vrface.face.expression import Source, Status
from vrface.face.extras import EXTRAS, MOST_EXTRAS
from vrface.face.scheme_table import KNOWN, Row, Term
from vrface.face.schemes import scheme
from vrface.wire.frame_block import shipped_names

ROOT = Path(__file__).resolve().parent.parent
NOTE = "Generated from vrface/face/tables by scripts/constants: never edit."
WEIGHTS = (
    "The 54 in the order of every weight array; a face's extras follow, in the order of EXTRAS. "
    "Left and right are the wearer's."
)
RIGS = ("arkit", "unified")
OPENXR = ("fb2", "htc", "android")


def snake(name: str) -> str:
    """``eyeBlinkLeft`` to ``EYE_BLINK_LEFT``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()


def pascal(name: str) -> str:
    """``eyeBlinkLeft`` or ``NOT_WORN`` to ``EyeBlinkLeft`` or ``NotWorn``."""
    words = name.split("_") if name.isupper() else [name[0].upper() + name[1:]]
    return "".join(word.capitalize() if word.isupper() else word for word in words)


def quoted(names: Iterable[str], indent: str) -> str:
    """Names in double quotes, parted by commas, in lines of at most 100 characters."""
    text = ", ".join(f'"{name}"' for name in names)
    return textwrap.fill(text, 100, initial_indent=indent, subsequent_indent=indent)


def numbered(names: Sequence[str], indent: str, sign: str = " = ") -> str:
    """One name a line with its number."""
    return "\n".join(f"{indent}{name}{sign}{number}," for number, name in enumerate(names))


def valued(kinds: type[IntEnum], spelled: Callable[[str], str], indent: str, sign: str) -> str:
    """One member a line with its number."""
    return "\n".join(f"{indent}{spelled(kind.name)}{sign}{kind.value}," for kind in kinds)


def c_header() -> str:
    """``vrface_shapes.h``: C99 and C++."""

    def names(what: str, count: str, shapes: Sequence[str]) -> str:
        text = f"static const char *const vrface_{what}_names[{count}] = {{"
        return f"{text}\n{quoted(shapes, '  ')}\n}};\n"

    shapes = [f"VRFACE_{snake(name)}" for name in BLENDSHAPES]
    parts = [
        f"/* {NOTE}\n"
        + textwrap.fill(WEIGHTS + " */", 100, initial_indent=" * ", subsequent_indent=" * "),
        "#ifndef VRFACE_SHAPES_H\n#define VRFACE_SHAPES_H\n",
        f"enum {{ VRFACE_SET_VERSION = {SET_VERSION}, VRFACE_SHAPE_COUNT = {len(BLENDSHAPES)}, "
        f"VRFACE_EXTRA_COUNT = {len(EXTRAS)}, VRFACE_MOST_EXTRAS = {MOST_EXTRAS} }};\n",
        f"typedef enum vrface_shape {{\n{numbered(shapes, '  ')}\n}} vrface_shape;\n",
        names("shape", "VRFACE_SHAPE_COUNT", BLENDSHAPES),
        names("extra", "VRFACE_EXTRA_COUNT", EXTRAS),
    ]
    kinds: dict[str, type[IntEnum]] = {"source": Source, "status": Status}
    for title, kind in kinds.items():
        lines = valued(kind, f"VRFACE_{title.upper()}_{{}}".format, "  ", " = ")
        parts.append(f"typedef enum vrface_{title} {{\n{lines}\n}} vrface_{title};\n")
    for rig in RIGS:
        count = f"VRFACE_{rig.upper()}_COUNT"
        parts.append(f"enum {{ {count} = {len(scheme(rig).shapes)} }};")
        parts.append(names(rig, count, scheme(rig).shapes))
    return "\n".join([*parts, "#endif\n"])


def csharp() -> str:
    """``VrfaceShapes.cs``."""

    def names(what: str, shapes: Sequence[str]) -> str:
        return (
            f"        public static readonly string[] {what} =\n        {{\n"
            f"{quoted(shapes, ' ' * 12)},\n        }};\n"
        )

    def enum(title: str, lines: str, kind: str = "") -> str:
        return f"    public enum {title}{kind}\n    {{\n{lines}\n    }}\n"

    indent = " " * 8
    shapes = numbered([pascal(name) for name in BLENDSHAPES], indent)
    parts = [
        f"// {NOTE}",
        textwrap.fill(WEIGHTS, 100, initial_indent="// ", subsequent_indent="// "),
        "namespace Vrface\n{",
        enum("Shape", shapes),
        enum("Source", valued(Source, pascal, indent, " = "), " : byte"),
        enum("FaceStatus", valued(Status, pascal, indent, " = "), " : byte"),
        "    public static class Shapes\n    {",
        f"        public const int SetVersion = {SET_VERSION};",
        f"        public const int Count = {len(BLENDSHAPES)};",
        f"        public const int MostExtras = {MOST_EXTRAS};\n",
        names("Names", BLENDSHAPES),
        names("Extras", EXTRAS),
        *(names(pascal(rig), scheme(rig).shapes) for rig in RIGS),
    ]
    return "\n".join(parts).rstrip() + "\n    }\n}\n"


def gdscript() -> str:
    """``vrface_shapes.gd``, Godot 4."""

    def names(what: str, shapes: Sequence[str]) -> str:
        return f"const {what} = [\n{quoted(shapes, chr(9))},\n]\n"

    def enum(title: str, lines: str) -> str:
        return f"enum {title} {{\n{lines}\n}}\n"

    parts = [
        f"# {NOTE}",
        textwrap.fill(WEIGHTS, 100, initial_indent="# ", subsequent_indent="# "),
        "class_name VrfaceShapes\nextends RefCounted\n",
        f"const SET_VERSION = {SET_VERSION}",
        f"const COUNT = {len(BLENDSHAPES)}",
        f"const MOST_EXTRAS = {MOST_EXTRAS}\n",
        enum("Shape", numbered([snake(name) for name in BLENDSHAPES], "\t")),
        enum("Source", valued(Source, str, "\t", " = ")),
        enum("FaceStatus", valued(Status, str, "\t", " = ")),
        names("NAMES", BLENDSHAPES),
        names("EXTRAS", EXTRAS),
        *(names(rig.upper(), scheme(rig).shapes) for rig in RIGS),
    ]
    return "\n".join(parts)


def typescript() -> str:
    """``vrface_shapes.ts``: nothing in it but what is left when types are stripped."""

    def names(what: str, shapes: Sequence[str]) -> str:
        return f"export const {what} = [\n{quoted(shapes, '  ')},\n] as const;\n"

    def enum(title: str, lines: str) -> str:
        kind = f"export type {title} = (typeof {title})[keyof typeof {title}];"
        return f"export const {title} = {{\n{lines}\n}} as const;\n{kind}\n"

    parts = [
        f"// {NOTE}",
        textwrap.fill(WEIGHTS, 100, initial_indent="// ", subsequent_indent="// "),
        f"export const SET_VERSION = {SET_VERSION};",
        f"export const MOST_EXTRAS = {MOST_EXTRAS};\n",
        names("SHAPES", BLENDSHAPES),
        "export type ShapeName = (typeof SHAPES)[number];\n",
        enum("Shape", numbered(BLENDSHAPES, "  ", ": ")),
        names("EXTRAS", EXTRAS),
        "export type ExtraName = (typeof EXTRAS)[number];\n",
        enum("Source", valued(Source, str, "  ", ": ")),
        enum("FaceStatus", valued(Status, str, "  ", ": ")),
        *(names(rig.upper(), scheme(rig).shapes) for rig in RIGS),
    ]
    return "\n".join(parts)


OPENXR_TYPES = """\
namespace vrface {

/* So much of a shape: one of the 54 or, from 54 on, an extra by its place in EXTRAS. */
struct Term { uint8_t shape; float share; };
/* One way to make a value of a scheme, best first: the first whose shapes are all there counts. */
struct Way { uint8_t value, terms; Term term[2]; };
struct Scheme { const Way *ways; uint8_t way_count, value_count; const uint8_t *regions; };
/* A list of extras that a shipped headset measures, by its extra_set: their places in EXTRAS. */
struct ExtraSet { uint32_t extra_set; uint8_t count, places[VRFACE_MOST_EXTRAS]; };
"""


def openxr_schemes() -> str:
    """``vrface_schemes.h``, C++17: the schemes of the extensions that the OpenXR layer adds."""

    def listed(items: Iterable[object]) -> str:
        text = ", ".join(map(str, items))
        return textwrap.fill(text, 100, initial_indent="  ", subsequent_indent="  ")

    def term(part: Term) -> str:
        return f"{{{KNOWN.index(part.name)},{part.share}f}}"

    def region(row: Row) -> int:
        """That of what it is made of; what is made of extras alone is of mouth and tongue."""
        shapes = (part.name for way in row.ways for part in way if part.name in BLENDSHAPES)
        place = BLENDSHAPES.index(next(shapes, "jawOpen"))
        return next(k for k, name in enumerate(REGIONS) if place in region_indices(name))

    regions = ", ".join(f"{number} {name}" for number, name in enumerate(REGIONS))
    parts = [
        f"/* {NOTE}\n * How a face is written in the schemes of OpenXR's extensions. */",
        '#pragma once\n#include <stdint.h>\n\n#include "vrface_shapes.h"\n',
        OPENXR_TYPES,
        f"/* regions of the values: {regions.replace('_', ' ')} */",
    ]
    for name in OPENXR:
        rows, title = scheme(name).rows, name.upper()
        ways = [
            f"{{{value},{len(way)},{{{','.join(map(term, way))}}}}}"
            for value, row in enumerate(rows)
            for way in row.ways
        ]
        parts += [
            f"constexpr Way {title}_WAYS[] = {{\n{listed(ways)}\n}};",
            f"constexpr uint8_t {title}_REGIONS[] = {{\n{listed(map(region, rows))}\n}};",
            f"constexpr Scheme {title} = {{{title}_WAYS, {len(ways)}, {len(rows)}, "
            f"{title}_REGIONS}};\n",
        ]
    sets = [
        f"{{0x{number:08x}u,{len(names)},{{{','.join(str(EXTRAS.index(n)) for n in names)}}}}}"
        for number, names in sorted(shipped_names().items())
        if names
    ]
    parts.append(f"constexpr ExtraSet EXTRA_SETS[] = {{\n{listed(sets)}\n}};\n\n}}\n")
    return "\n".join(parts)


FILES: dict[str, Callable[[], str]] = {
    "c/vrface_shapes.h": c_header,
    "csharp/VrfaceShapes.cs": csharp,
    "godot/vrface_shapes.gd": gdscript,
    "typescript/vrface_shapes.ts": typescript,
    "openxr_layer/vrface_schemes.h": openxr_schemes,
}


def main(arguments: Sequence[str]) -> int:
    """Writes the files; with ``--check`` writes none and returns 1 if one of them is stale."""
    if list(arguments) not in ([], ["--check"]):
        print("usage: scripts/constants [--check]", file=sys.stderr)
        return 2
    stale = []
    for name, text in FILES.items():
        path = ROOT / "bindings" / name
        if path.is_file() and path.read_text(encoding="utf-8") == text():
            continue
        stale.append(f"bindings/{name}")
        if not arguments:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text(), encoding="utf-8")
    if arguments and stale:
        advice = "is not what the tables generate; run: scripts/constants"
        print(f"vrface: {' '.join(stale)} {advice}", file=sys.stderr)
        return 1
    print(f"vrface: constants, {len(stale)} of {len(FILES)} files new", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
