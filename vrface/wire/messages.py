"""The generated messages and gRPC stubs of ``proto/vrface/v1``, for those who speak the wire."""

from vrface.v1 import expression_pb2 as expression_pb2
from vrface.v1 import expression_service_pb2 as expression_service_pb2
from vrface.v1 import expression_service_pb2_grpc as expression_service_pb2_grpc
from vrface.v1 import log_pb2 as log_pb2
from vrface.v1 import sensor_frame_pb2 as sensor_frame_pb2
from vrface.v1 import session_pb2 as session_pb2

__all__ = [
    "expression_pb2",
    "expression_service_pb2",
    "expression_service_pb2_grpc",
    "log_pb2",
    "sensor_frame_pb2",
    "session_pb2",
]
