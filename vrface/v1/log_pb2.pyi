from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EventKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EVENT_KIND_UNSPECIFIED: _ClassVar[EventKind]
    EVENT_KIND_GAP: _ClassVar[EventKind]
    EVENT_KIND_DROP_OUT: _ClassVar[EventKind]
    EVENT_KIND_NOTICE: _ClassVar[EventKind]
EVENT_KIND_UNSPECIFIED: EventKind
EVENT_KIND_GAP: EventKind
EVENT_KIND_DROP_OUT: EventKind
EVENT_KIND_NOTICE: EventKind

class Event(_message.Message):
    __slots__ = ("kind", "text", "advice", "frames", "start_time_ns", "end_time_ns", "stream")
    KIND_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    ADVICE_FIELD_NUMBER: _ClassVar[int]
    FRAMES_FIELD_NUMBER: _ClassVar[int]
    START_TIME_NS_FIELD_NUMBER: _ClassVar[int]
    END_TIME_NS_FIELD_NUMBER: _ClassVar[int]
    STREAM_FIELD_NUMBER: _ClassVar[int]
    kind: EventKind
    text: str
    advice: str
    frames: int
    start_time_ns: int
    end_time_ns: int
    stream: str
    def __init__(self, kind: _Optional[_Union[EventKind, str]] = ..., text: _Optional[str] = ..., advice: _Optional[str] = ..., frames: _Optional[int] = ..., start_time_ns: _Optional[int] = ..., end_time_ns: _Optional[int] = ..., stream: _Optional[str] = ...) -> None: ...
