from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Source(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SOURCE_UNSPECIFIED: _ClassVar[Source]
    SOURCE_MEASURED: _ClassVar[Source]
    SOURCE_INFERRED: _ClassVar[Source]
    SOURCE_HELD: _ClassVar[Source]
    SOURCE_NEUTRAL: _ClassVar[Source]
    SOURCE_GENERATED: _ClassVar[Source]
    SOURCE_CUED: _ClassVar[Source]
    SOURCE_COPIED: _ClassVar[Source]

class FaceStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FACE_STATUS_UNSPECIFIED: _ClassVar[FaceStatus]
    FACE_STATUS_TRACKING: _ClassVar[FaceStatus]
    FACE_STATUS_WARMING_UP: _ClassVar[FaceStatus]
    FACE_STATUS_NOT_WORN: _ClassVar[FaceStatus]
    FACE_STATUS_STALE: _ClassVar[FaceStatus]
    FACE_STATUS_WITHHELD: _ClassVar[FaceStatus]
SOURCE_UNSPECIFIED: Source
SOURCE_MEASURED: Source
SOURCE_INFERRED: Source
SOURCE_HELD: Source
SOURCE_NEUTRAL: Source
SOURCE_GENERATED: Source
SOURCE_CUED: Source
SOURCE_COPIED: Source
FACE_STATUS_UNSPECIFIED: FaceStatus
FACE_STATUS_TRACKING: FaceStatus
FACE_STATUS_WARMING_UP: FaceStatus
FACE_STATUS_NOT_WORN: FaceStatus
FACE_STATUS_STALE: FaceStatus
FACE_STATUS_WITHHELD: FaceStatus

class Expression(_message.Message):
    __slots__ = ("sequence", "frame_time_ns", "sample_time_ns", "status", "weights", "stddev", "source", "confidence", "gaze", "queue_us", "step_us", "audit_segment")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    FRAME_TIME_NS_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_TIME_NS_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    WEIGHTS_FIELD_NUMBER: _ClassVar[int]
    STDDEV_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    GAZE_FIELD_NUMBER: _ClassVar[int]
    QUEUE_US_FIELD_NUMBER: _ClassVar[int]
    STEP_US_FIELD_NUMBER: _ClassVar[int]
    AUDIT_SEGMENT_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    frame_time_ns: int
    sample_time_ns: int
    status: FaceStatus
    weights: _containers.RepeatedScalarFieldContainer[float]
    stddev: _containers.RepeatedScalarFieldContainer[float]
    source: bytes
    confidence: _containers.RepeatedScalarFieldContainer[float]
    gaze: _containers.RepeatedScalarFieldContainer[float]
    queue_us: int
    step_us: int
    audit_segment: int
    def __init__(self, sequence: _Optional[int] = ..., frame_time_ns: _Optional[int] = ..., sample_time_ns: _Optional[int] = ..., status: _Optional[_Union[FaceStatus, str]] = ..., weights: _Optional[_Iterable[float]] = ..., stddev: _Optional[_Iterable[float]] = ..., source: _Optional[bytes] = ..., confidence: _Optional[_Iterable[float]] = ..., gaze: _Optional[_Iterable[float]] = ..., queue_us: _Optional[int] = ..., step_us: _Optional[int] = ..., audit_segment: _Optional[int] = ...) -> None: ...
