"""The one place where an error becomes a gRPC status code.

```
OutOfOrder          FAILED_PRECONDITION   a message that the protocol does not allow now
BadUse, UnknownName INVALID_ARGUMENT
CalibrationError    INVALID_ARGUMENT
Full                RESOURCE_EXHAUSTED    and when to try again: vrface-retry-after-ms
TooLarge, TooFast   RESOURCE_EXHAUSTED
Refused             PERMISSION_DENIED
Draining            UNAVAILABLE
other VrfaceError   FAILED_PRECONDITION
anything else       INTERNAL              a short text; where it happened is in the server's log
```
What to do about it travels as the trailing metadata ``vrface-advice``.
"""

from __future__ import annotations

import functools
import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

import grpc
import grpc.aio

from vrface.errors import BadUse, CalibrationError, Refused, ServerError, VrfaceError
from vrface.serving import parsing
from vrface.serving.stats import Stats

LONGEST_TEXT = 500
"""Characters of a message or advice that are sent: HTTP/2 trailers have little room."""

_log = logging.getLogger(__name__)


class OutOfOrder(BadUse):
    """A message that the protocol does not allow now."""


class TooLarge(Refused):
    """A message of more bytes than the server takes."""


class TooFast(Refused):
    """Messages of one stream far beyond its rate."""


class Full(Refused):
    """No room for another one, or not so soon.

    Args:
        message: As for every `VrfaceError`.
        advice: As for every `VrfaceError`.
        retry_after_ms: When to try again.
    """

    def __init__(self, message: str, advice: str, retry_after_ms: int) -> None:
        super().__init__(message, advice)
        self.retry_after_ms = retry_after_ms


class Draining(ServerError):
    """The server takes nobody in any more."""


_CODES: tuple[tuple[type[VrfaceError], grpc.StatusCode], ...] = (
    (OutOfOrder, grpc.StatusCode.FAILED_PRECONDITION),
    (BadUse, grpc.StatusCode.INVALID_ARGUMENT),
    (CalibrationError, grpc.StatusCode.INVALID_ARGUMENT),
    (Full, grpc.StatusCode.RESOURCE_EXHAUSTED),
    (TooLarge, grpc.StatusCode.RESOURCE_EXHAUSTED),
    (TooFast, grpc.StatusCode.RESOURCE_EXHAUSTED),
    (Refused, grpc.StatusCode.PERMISSION_DENIED),
    (Draining, grpc.StatusCode.UNAVAILABLE),
    (VrfaceError, grpc.StatusCode.FAILED_PRECONDITION),
)

Context = grpc.aio.ServicerContext[Any, Any]
Handler = Callable[[Any, Any, Any], Awaitable[Any]]


def answered(handler: Handler) -> Handler:
    """Make a method of a servicer (with `stats`) answer every error by its status code."""

    @functools.wraps(handler)
    async def method(servicer: Any, request: Any, context: Context) -> Any:
        try:
            parsing.check(request)
            return await handler(servicer, request, context)
        except Exception as error:
            await abort(context, error, servicer.stats)

    return method


async def abort(context: Context, error: Exception, stats: Stats) -> NoReturn:
    """End a call with the status of an error."""
    if not isinstance(error, VrfaceError):
        stats.failed += 1
        _log.error("%s at %s", type(error).__name__, where(error))
        await context.abort(grpc.StatusCode.INTERNAL, "the server failed; its log says where.")
    stats.refused += 1
    code = next(code for kind, code in _CODES if isinstance(error, kind))
    trailing = [("vrface-advice", _plain(error.advice))] if error.advice else []
    if isinstance(error, Full):
        trailing.append(("vrface-retry-after-ms", str(error.retry_after_ms)))
    await context.abort(code, _plain(error.message), tuple(trailing))


def address_of(context: Context) -> str:
    """Where a call comes from, without the port."""
    return str(context.peer()).rpartition(":")[0]


def _plain(text: str) -> str:
    """What metadata can hold: printable ASCII, and not too much of it."""
    printable = text.encode("ascii", "backslashreplace").decode().replace("\n", " ")
    return printable[:LONGEST_TEXT]


def where(error: Exception) -> str:
    """File, line and function of each call; no message and no value: it could be a face."""
    calls = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{call.filename}:{call.lineno} {call.name}" for call in reversed(calls))
