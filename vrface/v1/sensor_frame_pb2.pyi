from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PixelFormat(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PIXEL_FORMAT_UNSPECIFIED: _ClassVar[PixelFormat]
    PIXEL_FORMAT_GRAY8: _ClassVar[PixelFormat]
    PIXEL_FORMAT_JPEG: _ClassVar[PixelFormat]
PIXEL_FORMAT_UNSPECIFIED: PixelFormat
PIXEL_FORMAT_GRAY8: PixelFormat
PIXEL_FORMAT_JPEG: PixelFormat

class HeadsetProfile(_message.Message):
    __slots__ = ("name", "version", "streams", "measures", "occludes", "copies")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    STREAMS_FIELD_NUMBER: _ClassVar[int]
    MEASURES_FIELD_NUMBER: _ClassVar[int]
    OCCLUDES_FIELD_NUMBER: _ClassVar[int]
    COPIES_FIELD_NUMBER: _ClassVar[int]
    name: str
    version: str
    streams: _containers.RepeatedCompositeFieldContainer[SensorStream]
    measures: _containers.RepeatedScalarFieldContainer[str]
    occludes: _containers.RepeatedScalarFieldContainer[str]
    copies: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., version: _Optional[str] = ..., streams: _Optional[_Iterable[_Union[SensorStream, _Mapping]]] = ..., measures: _Optional[_Iterable[str]] = ..., occludes: _Optional[_Iterable[str]] = ..., copies: _Optional[_Iterable[str]] = ...) -> None: ...

class SensorStream(_message.Message):
    __slots__ = ("name", "channels", "units", "rate_hz", "latency_us", "head_from_sensor", "image", "noise")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    RATE_HZ_FIELD_NUMBER: _ClassVar[int]
    LATENCY_US_FIELD_NUMBER: _ClassVar[int]
    HEAD_FROM_SENSOR_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    NOISE_FIELD_NUMBER: _ClassVar[int]
    name: str
    channels: _containers.RepeatedScalarFieldContainer[str]
    units: _containers.RepeatedScalarFieldContainer[str]
    rate_hz: float
    latency_us: int
    head_from_sensor: _containers.RepeatedCompositeFieldContainer[Pose]
    image: ImageFormat
    noise: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, name: _Optional[str] = ..., channels: _Optional[_Iterable[str]] = ..., units: _Optional[_Iterable[str]] = ..., rate_hz: _Optional[float] = ..., latency_us: _Optional[int] = ..., head_from_sensor: _Optional[_Iterable[_Union[Pose, _Mapping]]] = ..., image: _Optional[_Union[ImageFormat, _Mapping]] = ..., noise: _Optional[_Iterable[float]] = ...) -> None: ...

class Pose(_message.Message):
    __slots__ = ("x", "y", "z", "qx", "qy", "qz", "qw")
    X_FIELD_NUMBER: _ClassVar[int]
    Y_FIELD_NUMBER: _ClassVar[int]
    Z_FIELD_NUMBER: _ClassVar[int]
    QX_FIELD_NUMBER: _ClassVar[int]
    QY_FIELD_NUMBER: _ClassVar[int]
    QZ_FIELD_NUMBER: _ClassVar[int]
    QW_FIELD_NUMBER: _ClassVar[int]
    x: float
    y: float
    z: float
    qx: float
    qy: float
    qz: float
    qw: float
    def __init__(self, x: _Optional[float] = ..., y: _Optional[float] = ..., z: _Optional[float] = ..., qx: _Optional[float] = ..., qy: _Optional[float] = ..., qz: _Optional[float] = ..., qw: _Optional[float] = ...) -> None: ...

class ImageFormat(_message.Message):
    __slots__ = ("width", "height", "pixels", "intrinsics")
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    PIXELS_FIELD_NUMBER: _ClassVar[int]
    INTRINSICS_FIELD_NUMBER: _ClassVar[int]
    width: int
    height: int
    pixels: PixelFormat
    intrinsics: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, width: _Optional[int] = ..., height: _Optional[int] = ..., pixels: _Optional[_Union[PixelFormat, str]] = ..., intrinsics: _Optional[_Iterable[float]] = ...) -> None: ...

class Sample(_message.Message):
    __slots__ = ("stream", "sample_time_ns", "values", "payload", "confidence")
    STREAM_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_TIME_NS_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    stream: int
    sample_time_ns: int
    values: _containers.RepeatedScalarFieldContainer[float]
    payload: bytes
    confidence: float
    def __init__(self, stream: _Optional[int] = ..., sample_time_ns: _Optional[int] = ..., values: _Optional[_Iterable[float]] = ..., payload: _Optional[bytes] = ..., confidence: _Optional[float] = ...) -> None: ...

class SensorFrame(_message.Message):
    __slots__ = ("sequence", "frame_time_ns", "samples")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    FRAME_TIME_NS_FIELD_NUMBER: _ClassVar[int]
    SAMPLES_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    frame_time_ns: int
    samples: _containers.RepeatedCompositeFieldContainer[Sample]
    def __init__(self, sequence: _Optional[int] = ..., frame_time_ns: _Optional[int] = ..., samples: _Optional[_Iterable[_Union[Sample, _Mapping]]] = ...) -> None: ...
