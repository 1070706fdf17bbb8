"""The contract: linted, frozen, and no one change can break it unseen."""

from __future__ import annotations

import importlib
import json
import shutil
from pathlib import Path

import pytest
from google.protobuf import text_format
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from tests.bindings.conftest import ROOT
from vrface.wire.messages import session_pb2
from vrface.wire.notice_code import Code

NPM_LOCKS = ("proto/package-lock.json", "bindings/node/package-lock.json")

BROKEN = {
    "a field has another number": (
        "expression.proto",
        "uint64 sequence = 1;",
        "uint64 sequence = 100;",
    ),
    "a field is gone": ("expression.proto", "  repeated float gaze = 9;\n", ""),
    "a field has another name": ("expression.proto", "float gaze = 9;", "float look = 9;"),
    "a field has another type": (
        "sensor_frame.proto",
        "sfixed64 frame_time_ns = 2;",
        "int64 frame_time_ns = 2;",
    ),
    "a list is one value": ("expression.proto", "repeated float stddev", "float stddev"),
    "an enum value is gone": ("expression.proto", "  SOURCE_COPIED = 7; //", "  //"),
    "an enum value has another number": (
        "expression.proto",
        "FACE_STATUS_WITHHELD = 5;",
        "FACE_STATUS_WITHHELD = 6;",
    ),
    "a message is gone": ("log.proto", "message Event {", "message Happening {"),
    "a method is gone": (
        "expression_service.proto",
        "  rpc Watch(WatchRequest) returns (stream WatchResponse);\n",
        "",
    ),
    "a method streams no more": (
        "expression_service.proto",
        "returns (stream WatchResponse)",
        "returns (WatchResponse)",
    ),
}

ADDED = (
    "expression.proto",
    "  uint32 step_us = 11;",
    "  uint32 extra = 13;\n  uint32 step_us = 11;",
)


@pytest.fixture
def folder(tmp_path):
    """A copy of proto/ to change."""
    copy = tmp_path / "proto"
    shutil.copytree(ROOT / "proto", copy, ignore=shutil.ignore_patterns("node_modules"))
    return copy


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / "vrface/v1" / file
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def without_json_names(file: FileDescriptorProto) -> FileDescriptorProto:
    """As protoc's Python code keeps it: JSON names follow from the names."""
    waiting = list(file.message_type)
    while waiting:
        message = waiting.pop()
        waiting += message.nested_type
        for field in message.field:
            field.ClearField("json_name")
    return file


def test_the_generated_code_is_what_is_frozen():
    frozen = text_format.Parse((ROOT / "proto/v1.txtpb").read_text(), FileDescriptorSet())
    assert {file.name for file in frozen.file} == {
        path.relative_to(ROOT / "proto").as_posix() for path in (ROOT / "proto").rglob("*.proto")
    }
    for file in frozen.file:
        module = importlib.import_module(file.name.replace("/", ".").replace(".proto", "_pb2"))
        generated = FileDescriptorProto()
        module.DESCRIPTOR.CopyToProto(generated)
        assert without_json_names(file) == without_json_names(generated), file.name


def test_the_servers_notices_are_the_contracts():
    ours = {f"NOTICE_CODE_{code.name}": int(code) for code in Code}
    assert dict(session_pb2.NoticeCode.items()) == ours | {"NOTICE_CODE_UNSPECIFIED": 0}


@pytest.mark.parametrize("lock", NPM_LOCKS)
def test_npm_lock_pins_each_package_with_hashes_and_names_no_registry(lock):
    text = (ROOT / lock).read_text()
    packages = json.loads(text)["packages"]
    own = json.loads((ROOT / lock).with_name("package.json").read_text())
    asked = own.get("dependencies", {}) | own.get("optionalDependencies", {})
    assert asked == {name: packages[f"node_modules/{name}"]["version"] for name in asked}, (
        "pin exact versions"
    )
    for name, package in packages.items():
        if name:
            assert package["integrity"].startswith("sha512-"), name
            assert "resolved" not in package, name
            assert "link" not in package, name
    assert "registry" not in text


@pytest.mark.system("node")
def test_the_contract_is_clean_and_frozen(buf):
    assert buf() == (0, "")


@pytest.mark.system("node")
@pytest.mark.parametrize("what", BROKEN)
def test_a_change_that_breaks_is_caught(buf, folder, what):
    change(folder, *BROKEN[what])
    code, says = buf(folder)
    assert code == 1
    assert "this breaks v1" in says
    frozen = (folder / "v1.txtpb").read_bytes()
    assert buf("--freeze", folder)[0] == 1, "a baseline that is broken may not be frozen"
    assert (folder / "v1.txtpb").read_bytes() == frozen


@pytest.mark.system("node")
def test_a_file_that_is_gone_is_caught(buf, folder):
    (folder / "vrface/v1/log.proto").unlink()
    code, says = buf(folder)
    assert code == 1
    assert "this breaks v1" in says


@pytest.mark.system("node")
def test_what_is_added_must_be_frozen_and_then_may_not_go(buf, folder):
    file, old, new = ADDED
    change(folder, file, old, new)
    code, says = buf(folder)
    assert code == 1
    assert "scripts/buf --freeze" in says
    assert buf("--freeze", folder)[0] == 0
    assert buf(folder) == (0, "")
    change(folder, file, new, old)
    code, says = buf(folder)
    assert code == 1
    assert "this breaks v1" in says


@pytest.mark.system("node")
def test_a_name_against_the_rules_is_caught(buf, folder):
    change(folder, "expression.proto", "uint32 step_us = 11;", "uint32 stepUs = 11;")
    code, says = buf(folder)
    assert code == 1
    assert "lower_snake_case" in says
