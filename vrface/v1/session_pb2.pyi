from vrface.v1 import expression_pb2 as _expression_pb2
from vrface.v1 import sensor_frame_pb2 as _sensor_frame_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ClockKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CLOCK_KIND_UNSPECIFIED: _ClassVar[ClockKind]
    CLOCK_KIND_XR_TIME: _ClassVar[ClockKind]
    CLOCK_KIND_MONOTONIC: _ClassVar[ClockKind]
    CLOCK_KIND_DEVICE: _ClassVar[ClockKind]

class Style(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STYLE_UNSPECIFIED: _ClassVar[Style]
    STYLE_EXPECTED: _ClassVar[Style]
    STYLE_LIVELY: _ClassVar[Style]

class NoticeCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NOTICE_CODE_UNSPECIFIED: _ClassVar[NoticeCode]
    NOTICE_CODE_STYLE: _ClassVar[NoticeCode]
    NOTICE_CODE_CALIBRATION: _ClassVar[NoticeCode]
    NOTICE_CODE_CUE: _ClassVar[NoticeCode]
    NOTICE_CODE_RECORDING: _ClassVar[NoticeCode]
    NOTICE_CODE_RESUME: _ClassVar[NoticeCode]
    NOTICE_CODE_CONSENT: _ClassVar[NoticeCode]
    NOTICE_CODE_UNKNOWN_REQUEST: _ClassVar[NoticeCode]
    NOTICE_CODE_FRAME_ORDER: _ClassVar[NoticeCode]
    NOTICE_CODE_FRAME_TIME: _ClassVar[NoticeCode]
    NOTICE_CODE_SAMPLE: _ClassVar[NoticeCode]
    NOTICE_CODE_CALIBRATION_MODEL: _ClassVar[NoticeCode]
    NOTICE_CODE_CALIBRATION_HEADSET: _ClassVar[NoticeCode]
    NOTICE_CODE_FRAME_RATE: _ClassVar[NoticeCode]
CLOCK_KIND_UNSPECIFIED: ClockKind
CLOCK_KIND_XR_TIME: ClockKind
CLOCK_KIND_MONOTONIC: ClockKind
CLOCK_KIND_DEVICE: ClockKind
STYLE_UNSPECIFIED: Style
STYLE_EXPECTED: Style
STYLE_LIVELY: Style
NOTICE_CODE_UNSPECIFIED: NoticeCode
NOTICE_CODE_STYLE: NoticeCode
NOTICE_CODE_CALIBRATION: NoticeCode
NOTICE_CODE_CUE: NoticeCode
NOTICE_CODE_RECORDING: NoticeCode
NOTICE_CODE_RESUME: NoticeCode
NOTICE_CODE_CONSENT: NoticeCode
NOTICE_CODE_UNKNOWN_REQUEST: NoticeCode
NOTICE_CODE_FRAME_ORDER: NoticeCode
NOTICE_CODE_FRAME_TIME: NoticeCode
NOTICE_CODE_SAMPLE: NoticeCode
NOTICE_CODE_CALIBRATION_MODEL: NoticeCode
NOTICE_CODE_CALIBRATION_HEADSET: NoticeCode
NOTICE_CODE_FRAME_RATE: NoticeCode

class OneEuro(_message.Message):
    __slots__ = ("still_hz", "per_speed")
    STILL_HZ_FIELD_NUMBER: _ClassVar[int]
    PER_SPEED_FIELD_NUMBER: _ClassVar[int]
    still_hz: float
    per_speed: float
    def __init__(self, still_hz: _Optional[float] = ..., per_speed: _Optional[float] = ...) -> None: ...

class Smoothing(_message.Message):
    __slots__ = ("measured", "lid", "brow", "cheek", "nose", "mouth", "gaze")
    MEASURED_FIELD_NUMBER: _ClassVar[int]
    LID_FIELD_NUMBER: _ClassVar[int]
    BROW_FIELD_NUMBER: _ClassVar[int]
    CHEEK_FIELD_NUMBER: _ClassVar[int]
    NOSE_FIELD_NUMBER: _ClassVar[int]
    MOUTH_FIELD_NUMBER: _ClassVar[int]
    GAZE_FIELD_NUMBER: _ClassVar[int]
    measured: bool
    lid: OneEuro
    brow: OneEuro
    cheek: OneEuro
    nose: OneEuro
    mouth: OneEuro
    gaze: OneEuro
    def __init__(self, measured: bool = ..., lid: _Optional[_Union[OneEuro, _Mapping]] = ..., brow: _Optional[_Union[OneEuro, _Mapping]] = ..., cheek: _Optional[_Union[OneEuro, _Mapping]] = ..., nose: _Optional[_Union[OneEuro, _Mapping]] = ..., mouth: _Optional[_Union[OneEuro, _Mapping]] = ..., gaze: _Optional[_Union[OneEuro, _Mapping]] = ...) -> None: ...

class Open(_message.Message):
    __slots__ = ("protocol", "headset_name", "headset_profile", "model", "clock", "rate_hz", "deadline_us", "window", "want_stddev", "style", "seed", "wearer", "donning", "calibration", "resume_token", "consent_token", "use_context", "client", "smoothing")
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    HEADSET_NAME_FIELD_NUMBER: _ClassVar[int]
    HEADSET_PROFILE_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    CLOCK_FIELD_NUMBER: _ClassVar[int]
    RATE_HZ_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_US_FIELD_NUMBER: _ClassVar[int]
    WINDOW_FIELD_NUMBER: _ClassVar[int]
    WANT_STDDEV_FIELD_NUMBER: _ClassVar[int]
    STYLE_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    WEARER_FIELD_NUMBER: _ClassVar[int]
    DONNING_FIELD_NUMBER: _ClassVar[int]
    CALIBRATION_FIELD_NUMBER: _ClassVar[int]
    RESUME_TOKEN_FIELD_NUMBER: _ClassVar[int]
    CONSENT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    USE_CONTEXT_FIELD_NUMBER: _ClassVar[int]
    CLIENT_FIELD_NUMBER: _ClassVar[int]
    SMOOTHING_FIELD_NUMBER: _ClassVar[int]
    protocol: int
    headset_name: str
    headset_profile: _sensor_frame_pb2.HeadsetProfile
    model: str
    clock: ClockKind
    rate_hz: float
    deadline_us: int
    window: int
    want_stddev: bool
    style: Style
    seed: int
    wearer: str
    donning: str
    calibration: bytes
    resume_token: bytes
    consent_token: bytes
    use_context: str
    client: str
    smoothing: Smoothing
    def __init__(self, protocol: _Optional[int] = ..., headset_name: _Optional[str] = ..., headset_profile: _Optional[_Union[_sensor_frame_pb2.HeadsetProfile, _Mapping]] = ..., model: _Optional[str] = ..., clock: _Optional[_Union[ClockKind, str]] = ..., rate_hz: _Optional[float] = ..., deadline_us: _Optional[int] = ..., window: _Optional[int] = ..., want_stddev: bool = ..., style: _Optional[_Union[Style, str]] = ..., seed: _Optional[int] = ..., wearer: _Optional[str] = ..., donning: _Optional[str] = ..., calibration: _Optional[bytes] = ..., resume_token: _Optional[bytes] = ..., consent_token: _Optional[bytes] = ..., use_context: _Optional[str] = ..., client: _Optional[str] = ..., smoothing: _Optional[_Union[Smoothing, _Mapping]] = ...) -> None: ...

class BlendshapeSet(_message.Message):
    __slots__ = ("name", "version", "names")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    NAMES_FIELD_NUMBER: _ClassVar[int]
    name: str
    version: int
    names: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., version: _Optional[int] = ..., names: _Optional[_Iterable[str]] = ...) -> None: ...

class Opened(_message.Message):
    __slots__ = ("session_id", "blendshapes", "extras", "expected_source", "model", "model_digest", "seed", "unused_streams", "missing_streams", "watch_token", "max_message_bytes", "resumed", "headset")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    BLENDSHAPES_FIELD_NUMBER: _ClassVar[int]
    EXTRAS_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_SOURCE_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    MODEL_DIGEST_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    UNUSED_STREAMS_FIELD_NUMBER: _ClassVar[int]
    MISSING_STREAMS_FIELD_NUMBER: _ClassVar[int]
    WATCH_TOKEN_FIELD_NUMBER: _ClassVar[int]
    MAX_MESSAGE_BYTES_FIELD_NUMBER: _ClassVar[int]
    RESUMED_FIELD_NUMBER: _ClassVar[int]
    HEADSET_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    blendshapes: BlendshapeSet
    extras: _containers.RepeatedScalarFieldContainer[str]
    expected_source: bytes
    model: str
    model_digest: bytes
    seed: int
    unused_streams: _containers.RepeatedScalarFieldContainer[str]
    missing_streams: _containers.RepeatedScalarFieldContainer[str]
    watch_token: bytes
    max_message_bytes: int
    resumed: bool
    headset: _sensor_frame_pb2.HeadsetProfile
    def __init__(self, session_id: _Optional[str] = ..., blendshapes: _Optional[_Union[BlendshapeSet, _Mapping]] = ..., extras: _Optional[_Iterable[str]] = ..., expected_source: _Optional[bytes] = ..., model: _Optional[str] = ..., model_digest: _Optional[bytes] = ..., seed: _Optional[int] = ..., unused_streams: _Optional[_Iterable[str]] = ..., missing_streams: _Optional[_Iterable[str]] = ..., watch_token: _Optional[bytes] = ..., max_message_bytes: _Optional[int] = ..., resumed: bool = ..., headset: _Optional[_Union[_sensor_frame_pb2.HeadsetProfile, _Mapping]] = ...) -> None: ...

class Calibrate(_message.Message):
    __slots__ = ("step", "prompt")
    class Step(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STEP_UNSPECIFIED: _ClassVar[Calibrate.Step]
        STEP_BEGIN: _ClassVar[Calibrate.Step]
        STEP_PROMPT: _ClassVar[Calibrate.Step]
        STEP_END: _ClassVar[Calibrate.Step]
        STEP_RECENTRE: _ClassVar[Calibrate.Step]
        STEP_CANCEL: _ClassVar[Calibrate.Step]
    STEP_UNSPECIFIED: Calibrate.Step
    STEP_BEGIN: Calibrate.Step
    STEP_PROMPT: Calibrate.Step
    STEP_END: Calibrate.Step
    STEP_RECENTRE: Calibrate.Step
    STEP_CANCEL: Calibrate.Step
    STEP_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    step: Calibrate.Step
    prompt: str
    def __init__(self, step: _Optional[_Union[Calibrate.Step, str]] = ..., prompt: _Optional[str] = ...) -> None: ...

class Calibrated(_message.Message):
    __slots__ = ("calibration", "improved", "advice", "progress")
    CALIBRATION_FIELD_NUMBER: _ClassVar[int]
    IMPROVED_FIELD_NUMBER: _ClassVar[int]
    ADVICE_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    calibration: bytes
    improved: _containers.RepeatedScalarFieldContainer[str]
    advice: str
    progress: float
    def __init__(self, calibration: _Optional[bytes] = ..., improved: _Optional[_Iterable[str]] = ..., advice: _Optional[str] = ..., progress: _Optional[float] = ...) -> None: ...

class Cue(_message.Message):
    __slots__ = ("name", "strength", "duration_us")
    NAME_FIELD_NUMBER: _ClassVar[int]
    STRENGTH_FIELD_NUMBER: _ClassVar[int]
    DURATION_US_FIELD_NUMBER: _ClassVar[int]
    name: str
    strength: float
    duration_us: int
    def __init__(self, name: _Optional[str] = ..., strength: _Optional[float] = ..., duration_us: _Optional[int] = ...) -> None: ...

class Recording(_message.Message):
    __slots__ = ("on", "reason", "acknowledged")
    ON_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGED_FIELD_NUMBER: _ClassVar[int]
    on: bool
    reason: str
    acknowledged: int
    def __init__(self, on: bool = ..., reason: _Optional[str] = ..., acknowledged: _Optional[int] = ...) -> None: ...

class Notice(_message.Message):
    __slots__ = ("code", "text", "advice")
    CODE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    ADVICE_FIELD_NUMBER: _ClassVar[int]
    code: NoticeCode
    text: str
    advice: str
    def __init__(self, code: _Optional[_Union[NoticeCode, str]] = ..., text: _Optional[str] = ..., advice: _Optional[str] = ...) -> None: ...

class GoAway(_message.Message):
    __slots__ = ("endpoint", "grace_us", "reason")
    ENDPOINT_FIELD_NUMBER: _ClassVar[int]
    GRACE_US_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    endpoint: str
    grace_us: int
    reason: str
    def __init__(self, endpoint: _Optional[str] = ..., grace_us: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class End(_message.Message):
    __slots__ = ("reason",)
    REASON_FIELD_NUMBER: _ClassVar[int]
    reason: str
    def __init__(self, reason: _Optional[str] = ...) -> None: ...

class TrackRequest(_message.Message):
    __slots__ = ("ack", "open", "frame", "calibrate", "cue", "consent_token", "recording", "end")
    ACK_FIELD_NUMBER: _ClassVar[int]
    OPEN_FIELD_NUMBER: _ClassVar[int]
    FRAME_FIELD_NUMBER: _ClassVar[int]
    CALIBRATE_FIELD_NUMBER: _ClassVar[int]
    CUE_FIELD_NUMBER: _ClassVar[int]
    CONSENT_TOKEN_FIELD_NUMBER: _ClassVar[int]
    RECORDING_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    ack: int
    open: Open
    frame: _sensor_frame_pb2.SensorFrame
    calibrate: Calibrate
    cue: Cue
    consent_token: bytes
    recording: Recording
    end: End
    def __init__(self, ack: _Optional[int] = ..., open: _Optional[_Union[Open, _Mapping]] = ..., frame: _Optional[_Union[_sensor_frame_pb2.SensorFrame, _Mapping]] = ..., calibrate: _Optional[_Union[Calibrate, _Mapping]] = ..., cue: _Optional[_Union[Cue, _Mapping]] = ..., consent_token: _Optional[bytes] = ..., recording: _Optional[_Union[Recording, _Mapping]] = ..., end: _Optional[_Union[End, _Mapping]] = ...) -> None: ...

class TrackResponse(_message.Message):
    __slots__ = ("opened", "expression", "calibrated", "notice", "resume_token", "go_away", "recording", "end", "audit_receipt")
    OPENED_FIELD_NUMBER: _ClassVar[int]
    EXPRESSION_FIELD_NUMBER: _ClassVar[int]
    CALIBRATED_FIELD_NUMBER: _ClassVar[int]
    NOTICE_FIELD_NUMBER: _ClassVar[int]
    RESUME_TOKEN_FIELD_NUMBER: _ClassVar[int]
    GO_AWAY_FIELD_NUMBER: _ClassVar[int]
    RECORDING_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    AUDIT_RECEIPT_FIELD_NUMBER: _ClassVar[int]
    opened: Opened
    expression: _expression_pb2.Expression
    calibrated: Calibrated
    notice: Notice
    resume_token: bytes
    go_away: GoAway
    recording: Recording
    end: End
    audit_receipt: bytes
    def __init__(self, opened: _Optional[_Union[Opened, _Mapping]] = ..., expression: _Optional[_Union[_expression_pb2.Expression, _Mapping]] = ..., calibrated: _Optional[_Union[Calibrated, _Mapping]] = ..., notice: _Optional[_Union[Notice, _Mapping]] = ..., resume_token: _Optional[bytes] = ..., go_away: _Optional[_Union[GoAway, _Mapping]] = ..., recording: _Optional[_Union[Recording, _Mapping]] = ..., end: _Optional[_Union[End, _Mapping]] = ..., audit_receipt: _Optional[bytes] = ...) -> None: ...

class FrameColumns(_message.Message):
    __slots__ = ("sequence", "wearer", "frame_time_ns", "samples")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    WEARER_FIELD_NUMBER: _ClassVar[int]
    FRAME_TIME_NS_FIELD_NUMBER: _ClassVar[int]
    SAMPLES_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    wearer: _containers.RepeatedScalarFieldContainer[int]
    frame_time_ns: _containers.RepeatedScalarFieldContainer[int]
    samples: _containers.RepeatedCompositeFieldContainer[SampleColumns]
    def __init__(self, sequence: _Optional[int] = ..., wearer: _Optional[_Iterable[int]] = ..., frame_time_ns: _Optional[_Iterable[int]] = ..., samples: _Optional[_Iterable[_Union[SampleColumns, _Mapping]]] = ...) -> None: ...

class SampleColumns(_message.Message):
    __slots__ = ("stream", "row", "sample_time_ns", "values", "confidence")
    STREAM_FIELD_NUMBER: _ClassVar[int]
    ROW_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_TIME_NS_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_FIELD_NUMBER: _ClassVar[int]
    stream: int
    row: _containers.RepeatedScalarFieldContainer[int]
    sample_time_ns: _containers.RepeatedScalarFieldContainer[int]
    values: _containers.RepeatedScalarFieldContainer[float]
    confidence: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, stream: _Optional[int] = ..., row: _Optional[_Iterable[int]] = ..., sample_time_ns: _Optional[_Iterable[int]] = ..., values: _Optional[_Iterable[float]] = ..., confidence: _Optional[_Iterable[float]] = ...) -> None: ...

class ExpressionColumns(_message.Message):
    __slots__ = ("sequence", "wearer", "frame_time_ns", "sample_time_ns", "status", "weights", "stddev", "source", "confidence", "gaze", "queue_us", "step_us")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    WEARER_FIELD_NUMBER: _ClassVar[int]
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
    sequence: int
    wearer: _containers.RepeatedScalarFieldContainer[int]
    frame_time_ns: _containers.RepeatedScalarFieldContainer[int]
    sample_time_ns: _containers.RepeatedScalarFieldContainer[int]
    status: bytes
    weights: _containers.RepeatedScalarFieldContainer[float]
    stddev: _containers.RepeatedScalarFieldContainer[float]
    source: bytes
    confidence: _containers.RepeatedScalarFieldContainer[float]
    gaze: _containers.RepeatedScalarFieldContainer[float]
    queue_us: int
    step_us: int
    def __init__(self, sequence: _Optional[int] = ..., wearer: _Optional[_Iterable[int]] = ..., frame_time_ns: _Optional[_Iterable[int]] = ..., sample_time_ns: _Optional[_Iterable[int]] = ..., status: _Optional[bytes] = ..., weights: _Optional[_Iterable[float]] = ..., stddev: _Optional[_Iterable[float]] = ..., source: _Optional[bytes] = ..., confidence: _Optional[_Iterable[float]] = ..., gaze: _Optional[_Iterable[float]] = ..., queue_us: _Optional[int] = ..., step_us: _Optional[int] = ...) -> None: ...

class WearerRequest(_message.Message):
    __slots__ = ("wearer", "request")
    WEARER_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    wearer: int
    request: TrackRequest
    def __init__(self, wearer: _Optional[int] = ..., request: _Optional[_Union[TrackRequest, _Mapping]] = ...) -> None: ...

class WearerResponse(_message.Message):
    __slots__ = ("wearer", "response")
    WEARER_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    wearer: int
    response: TrackResponse
    def __init__(self, wearer: _Optional[int] = ..., response: _Optional[_Union[TrackResponse, _Mapping]] = ...) -> None: ...

class TrackManyRequest(_message.Message):
    __slots__ = ("ack", "control", "frames")
    ACK_FIELD_NUMBER: _ClassVar[int]
    CONTROL_FIELD_NUMBER: _ClassVar[int]
    FRAMES_FIELD_NUMBER: _ClassVar[int]
    ack: int
    control: _containers.RepeatedCompositeFieldContainer[WearerRequest]
    frames: _containers.RepeatedCompositeFieldContainer[FrameColumns]
    def __init__(self, ack: _Optional[int] = ..., control: _Optional[_Iterable[_Union[WearerRequest, _Mapping]]] = ..., frames: _Optional[_Iterable[_Union[FrameColumns, _Mapping]]] = ...) -> None: ...

class TrackManyResponse(_message.Message):
    __slots__ = ("control", "expressions")
    CONTROL_FIELD_NUMBER: _ClassVar[int]
    EXPRESSIONS_FIELD_NUMBER: _ClassVar[int]
    control: _containers.RepeatedCompositeFieldContainer[WearerResponse]
    expressions: _containers.RepeatedCompositeFieldContainer[ExpressionColumns]
    def __init__(self, control: _Optional[_Iterable[_Union[WearerResponse, _Mapping]]] = ..., expressions: _Optional[_Iterable[_Union[ExpressionColumns, _Mapping]]] = ...) -> None: ...

class ReconstructRequest(_message.Message):
    __slots__ = ("open", "frames")
    OPEN_FIELD_NUMBER: _ClassVar[int]
    FRAMES_FIELD_NUMBER: _ClassVar[int]
    open: Open
    frames: _containers.RepeatedCompositeFieldContainer[_sensor_frame_pb2.SensorFrame]
    def __init__(self, open: _Optional[_Union[Open, _Mapping]] = ..., frames: _Optional[_Iterable[_Union[_sensor_frame_pb2.SensorFrame, _Mapping]]] = ...) -> None: ...

class ReconstructResponse(_message.Message):
    __slots__ = ("opened", "expressions", "resume_token")
    OPENED_FIELD_NUMBER: _ClassVar[int]
    EXPRESSIONS_FIELD_NUMBER: _ClassVar[int]
    RESUME_TOKEN_FIELD_NUMBER: _ClassVar[int]
    opened: Opened
    expressions: _containers.RepeatedCompositeFieldContainer[_expression_pb2.Expression]
    resume_token: bytes
    def __init__(self, opened: _Optional[_Union[Opened, _Mapping]] = ..., expressions: _Optional[_Iterable[_Union[_expression_pb2.Expression, _Mapping]]] = ..., resume_token: _Optional[bytes] = ...) -> None: ...

class WatchRequest(_message.Message):
    __slots__ = ("session_id", "watch_token", "rate_hz")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    WATCH_TOKEN_FIELD_NUMBER: _ClassVar[int]
    RATE_HZ_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    watch_token: bytes
    rate_hz: float
    def __init__(self, session_id: _Optional[str] = ..., watch_token: _Optional[bytes] = ..., rate_hz: _Optional[float] = ...) -> None: ...

class WatchResponse(_message.Message):
    __slots__ = ("opened", "expression", "notice", "end")
    OPENED_FIELD_NUMBER: _ClassVar[int]
    EXPRESSION_FIELD_NUMBER: _ClassVar[int]
    NOTICE_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    opened: Opened
    expression: _expression_pb2.Expression
    notice: Notice
    end: End
    def __init__(self, opened: _Optional[_Union[Opened, _Mapping]] = ..., expression: _Optional[_Union[_expression_pb2.Expression, _Mapping]] = ..., notice: _Optional[_Union[Notice, _Mapping]] = ..., end: _Optional[_Union[End, _Mapping]] = ...) -> None: ...

class GetServerInfoRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetServerInfoResponse(_message.Message):
    __slots__ = ("version", "protocol", "headsets", "models", "sessions", "sessions_max", "consent_required", "blendshapes", "metrics")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    HEADSETS_FIELD_NUMBER: _ClassVar[int]
    MODELS_FIELD_NUMBER: _ClassVar[int]
    SESSIONS_FIELD_NUMBER: _ClassVar[int]
    SESSIONS_MAX_FIELD_NUMBER: _ClassVar[int]
    CONSENT_REQUIRED_FIELD_NUMBER: _ClassVar[int]
    BLENDSHAPES_FIELD_NUMBER: _ClassVar[int]
    METRICS_FIELD_NUMBER: _ClassVar[int]
    version: str
    protocol: int
    headsets: _containers.RepeatedScalarFieldContainer[str]
    models: _containers.RepeatedScalarFieldContainer[str]
    sessions: int
    sessions_max: int
    consent_required: bool
    blendshapes: BlendshapeSet
    metrics: str
    def __init__(self, version: _Optional[str] = ..., protocol: _Optional[int] = ..., headsets: _Optional[_Iterable[str]] = ..., models: _Optional[_Iterable[str]] = ..., sessions: _Optional[int] = ..., sessions_max: _Optional[int] = ..., consent_required: bool = ..., blendshapes: _Optional[_Union[BlendshapeSet, _Mapping]] = ..., metrics: _Optional[str] = ...) -> None: ...
