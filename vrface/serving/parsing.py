"""`Parsing`: bytes that are no message are answered like any other bad use, not as a fault."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import grpc
import grpc.aio
from google.protobuf.message import DecodeError

from vrface.errors import BadUse

if TYPE_CHECKING:
    Interceptor = grpc.aio.ServerInterceptor[Any, Any]
else:
    Interceptor = grpc.aio.ServerInterceptor


class Garbled:
    """What is handed on in place of bytes that are no message of the method's."""


class Parsing(Interceptor):
    """Lets every method meet `Garbled` where gRPC would end the call with UNKNOWN."""

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        details: grpc.HandlerCallDetails,
    ) -> Any:
        """The handler of a method, as gRPC asks for it at each call."""
        handler = await continuation(details)
        if handler is None or handler.request_deserializer is None:
            return handler
        parse = partial(_parsed, handler.request_deserializer)
        return handler._replace(request_deserializer=parse)


def _parsed(parse: Callable[[bytes], Any], data: bytes) -> Any:
    try:
        return parse(data)
    except DecodeError:
        return Garbled()


def check(request: object) -> None:
    """Check that a request is a message.

    Raises:
        BadUse: if its bytes are none.
    """
    if isinstance(request, Garbled):
        raise BadUse(
            "bytes that are no message of this method.",
            "Send protobuf, with the .proto files of this version.",
        )
