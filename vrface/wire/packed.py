"""Twins of messages, in which a list of numbers of a fixed size is `bytes`: filled, read at once.

On the wire a packed list of floats and a field of their bytes are the same. So a row of an array
becomes a field by one copy, where a list takes a call for each of its numbers; and what a peer may
send in other ways, which protobuf allows, is a packed list once the message is written again.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from numpy.typing import NDArray

from vrface.v1 import expression_pb2, sensor_frame_pb2, session_pb2

FLOAT, TIME = np.dtype("<f4"), np.dtype("<i8")
"""What such bytes are: of a float, and of an sfixed64."""

_FIXED = {FieldDescriptorProto.TYPE_FLOAT, FieldDescriptorProto.TYPE_SFIXED64}


def packed(numbers: NDArray[Any], kind: np.dtype[Any] = FLOAT) -> bytes:
    """The field of some numbers."""
    return np.asarray(numbers, kind).tobytes()


def _twins(*messages: type[Message]) -> list[Any]:
    """A twin of each message, without the fields of messages that have none."""
    file = FileDescriptorProto(name="vrface/packed.proto", package="vrface.v1", syntax="proto3")
    names = {f".{message.DESCRIPTOR.full_name}" for message in messages}
    for message in messages:
        twin = file.message_type.add()
        message.DESCRIPTOR.CopyToProto(twin)
        fields = [one for one in twin.field if not one.type_name or one.type_name in names]
        fields += [one for one in twin.field if one.type == FieldDescriptorProto.TYPE_ENUM]
        del twin.field[:]
        twin.field.extend(map(_twin_field, fields))
    pool = DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    full_names = (message.DESCRIPTOR.full_name for message in messages)
    return [GetMessageClass(pool.FindMessageTypeByName(name)) for name in full_names]


def _twin_field(field: FieldDescriptorProto) -> FieldDescriptorProto:
    if field.type == FieldDescriptorProto.TYPE_ENUM:
        field.ClearField("type_name")
        field.type = FieldDescriptorProto.TYPE_INT32
    if field.label == FieldDescriptorProto.LABEL_REPEATED and field.type in _FIXED:
        field.label = FieldDescriptorProto.LABEL_OPTIONAL
        field.type = FieldDescriptorProto.TYPE_BYTES
    return field


Expression: Any
SensorFrame: Any
FrameColumns: Any
ExpressionColumns: Any
TrackResponse: Any
Expression, SensorFrame, FrameColumns, ExpressionColumns, TrackResponse, *_ = _twins(
    expression_pb2.Expression,
    sensor_frame_pb2.SensorFrame,
    session_pb2.FrameColumns,
    session_pb2.ExpressionColumns,
    session_pb2.TrackResponse,
    sensor_frame_pb2.Sample,
    session_pb2.SampleColumns,
)
