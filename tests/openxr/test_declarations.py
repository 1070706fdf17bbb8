"""Our OpenXR declarations are OpenXR's: every structure, number and function, against pyopenxr."""

import ctypes
import importlib
import re
from typing import Any

import pytest

from tests.openxr.binding import bound
from tests.openxr.declarations import declared, measured
from vrface.face.schemes import scheme

xr = bound()
loader_interfaces = importlib.import_module("xr.api_layer.loader_interfaces")

RUNTIME_REQUEST = ("XrNegotiateRuntimeRequest",)
"""What pyopenxr has no words for: only runtimes need it. In test_stub the loader reads it."""


@pytest.fixture(scope="module")
def compiled(compiler, tmp_path_factory):
    return measured(compiler("gcc"), tmp_path_factory.mktemp("declarations"))


def theirs(name: str) -> Any:
    short = name.removeprefix("Xr")
    return getattr(xr, short, None) or getattr(loader_interfaces, short)


def plain(field: str) -> str:
    """A field's name as both sides have it: ``weightCount`` and ``_weight_count``."""
    return field.replace("_", "").lower()


def number_of(name: str) -> int | None:
    """What pyopenxr says of an enumerator or a constant; None = it has none of that name."""
    if name.startswith("XR_LOADER_INTERFACE_STRUCT_"):
        short = name.removeprefix("XR_LOADER_INTERFACE_STRUCT_")
        return int(loader_interfaces.LoaderInterfaceStructs[short].value)
    short = name.removeprefix("XR_")
    value = getattr(xr, short, None)
    if value is None and hasattr(loader_interfaces, short):
        value = getattr(loader_interfaces, short)
    return None if value is None else int(getattr(value, "value", value))


def in_enums(name: str) -> set[int]:
    """The values of every enumerator of pyopenxr's that C would call so."""
    found = set()
    for kind in vars(xr).values():
        members = getattr(kind, "__members__", None)
        if not members:
            continue
        parts = re.fullmatch(r"([A-Za-z]\w*?[a-z0-9])([A-Z]{2,})?", kind.__name__)
        assert parts
        stem, tag = parts.groups()
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", stem).upper()
        words = {"STRUCTURE_TYPE": "TYPE"}.get(words, words)
        begins = [f"XR_{words}_"] if words != "RESULT" else ["XR_"]
        for member in members:
            ends = f"_{tag}" if tag else ""
            if name in {f"{begin}{member}{ends}" for begin in begins}:
                found.add(int(members[member].value))
    return found


def test_there_are_declarations():
    found = declared()
    assert len(found.structs) > 50
    assert len(found.numbers) > 120
    assert len(found.functions) > 15


@pytest.mark.parametrize("name", [n for n in declared().structs if n not in RUNTIME_REQUEST])
def test_a_structure_has_the_layout(compiled, name):
    kind = theirs(name)
    ours = declared().structs[name]
    fields = [field for field, *_ in getattr(kind, "_fields_", ())]
    inherited = [f for base in kind.__mro__[1:] for f, *_ in vars(base).get("_fields_", ())]
    fields = [*inherited, *fields] if len(fields) < len(ours) else fields
    assert [plain(field) for field in ours] == [plain(field) for field in fields]
    assert compiled[name] == ctypes.sizeof(kind)
    for mine, field in zip(ours, fields, strict=True):
        assert compiled[f"{name}.{mine}"] == getattr(kind, field).offset
        assert compiled[f"{name}.{mine}.size"] == getattr(kind, field).size


@pytest.mark.parametrize("name", declared().numbers)
def test_a_number_is_that_number(compiled, name):
    known = in_enums(name) | ({number_of(name)} - {None})
    assert known == {compiled[name]}


@pytest.mark.parametrize("name", declared().functions)
def test_a_function_has_so_many_parameters(name):
    kind = getattr(xr, f"PFN_{name}", None) or getattr(xr.platform.linux, f"PFN_{name}", None)
    if kind is None:
        assert name == "xrConvertWin32PerformanceCounterToTimeKHR"
        return
    assert len(kind._argtypes_) == declared().functions[name]


def test_the_shapes_are_as_many_as_their_schemes(compiled):
    htc = [shape.split("_")[0] for shape in scheme("htc").shapes]
    assert compiled["XR_FACE_EXPRESSION2_COUNT_FB"] == len(scheme("fb2").shapes)
    assert compiled["XR_FACE_PARAMETER_COUNT_ANDROID"] == len(scheme("android").shapes)
    assert compiled["XR_FACIAL_EXPRESSION_EYE_COUNT_HTC"] == htc.count("EYE")
    assert compiled["XR_FACIAL_EXPRESSION_LIP_COUNT_HTC"] == htc.count("LIP")
    assert compiled["XR_FACE_EXPRESSION_COUNT_BD"] == len(scheme("bd").shapes)
    assert compiled["XR_LIP_EXPRESSION_COUNT_BD"] == len(scheme("bd_lips").shapes)
