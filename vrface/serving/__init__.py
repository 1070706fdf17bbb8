"""The server: faces for engines and spectators, over gRPC."""

from vrface.serving.server import Server as Server
from vrface.serving.server import serve as serve

__all__ = ["Server", "serve"]
