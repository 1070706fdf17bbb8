"""The server: faces for engines and spectators, over gRPC."""

from vrface.serving.rate import Limits as Limits
from vrface.serving.server import Server as Server
from vrface.serving.server import serve as serve

__all__ = ["Limits", "Server", "serve"]
