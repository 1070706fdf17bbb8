"""The contract other languages depend on: a changed number here is a broken client somewhere."""

from vrface.wire.messages import (
    expression_pb2,
    expression_service_pb2,
    sensor_frame_pb2,
    session_pb2,
)


def fields(message) -> dict[str, int]:
    return {field.name: field.number for field in message.DESCRIPTOR.fields}


def test_the_field_numbers_of_the_frame_path():
    assert fields(sensor_frame_pb2.Sample) == {
        "stream": 1,
        "sample_time_ns": 2,
        "values": 3,
        "payload": 4,
        "confidence": 5,
    }
    assert fields(sensor_frame_pb2.SensorFrame) == {
        "sequence": 1,
        "frame_time_ns": 2,
        "samples": 3,
    }
    assert fields(expression_pb2.Expression) == {
        "sequence": 1,
        "frame_time_ns": 2,
        "sample_time_ns": 3,
        "status": 4,
        "weights": 5,
        "stddev": 6,
        "source": 7,
        "confidence": 8,
        "gaze": 9,
        "queue_us": 10,
        "step_us": 11,
        "audit_segment": 12,
    }


def test_the_field_numbers_around_it():
    assert fields(session_pb2.TrackRequest) == {
        "ack": 1,
        "open": 2,
        "frame": 3,
        "calibrate": 4,
        "cue": 5,
        "consent_token": 6,
        "recording": 7,
        "end": 8,
    }
    assert fields(session_pb2.TrackResponse)["expression"] == 2
    assert fields(session_pb2.Open)["consent_token"] == 16
    assert fields(session_pb2.Opened)["watch_token"] == 10


def test_the_service_has_its_five_calls():
    service = expression_service_pb2.DESCRIPTOR.services_by_name["ExpressionService"]
    streams = {m.name: (m.client_streaming, m.server_streaming) for m in service.methods}
    assert streams == {
        "GetServerInfo": (False, False),
        "Track": (True, True),
        "TrackMany": (True, True),
        "Reconstruct": (False, False),
        "Watch": (False, True),
    }
