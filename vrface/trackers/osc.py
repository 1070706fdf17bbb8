"""OSC 1.0 datagrams: the numbers of each message under its address.

It reads what anybody sends to an open port, so every length is checked before it is believed, and
the work is in proportion to the bytes. (A common OSC library for Python loops for ever over a
bundle that holds an element of negative length.) Time tags are not looked at: senders say "now".
"""

from __future__ import annotations

import struct

from vrface.errors import BadUse

_BUNDLE = b"#bundle\0"
_HEAD = len(_BUNDLE) + 8  # and a time tag
_DEEPEST = 8
_SIZE = struct.Struct(">i")
_FLOATS = [struct.Struct(f">{count}f") for count in range(9)]
_KINDS = {tag: struct.Struct(f">{kind}") for tag, kind in zip("fidh", "fidq", strict=True)}
_WORTH = {"T": 1.0, "F": 0.0}

Message = tuple[str, tuple[float, ...]]
"""An address and its numbers; true and false count as 1 and 0."""


def read(datagram: bytes) -> list[Message]:
    """The messages of one datagram, those of nested bundles too, in order.

    Numbers pass as they are, NaN and infinities too. A message that holds anything but numbers is
    given without any.

    Raises:
        BadUse: if these bytes are not OSC from the first to the last.
    """
    messages: list[Message] = []
    _read_element(datagram, 0, len(datagram), 0, messages)
    return messages


def _read_element(data: bytes, at: int, end: int, depth: int, messages: list[Message]) -> None:
    if not data.startswith(_BUNDLE, at, end):
        messages.append(_message(data, at, end))
        return
    if depth == _DEEPEST or end - at < _HEAD:
        raise BadUse("no OSC: a bundle is torn, or nested too deep.")
    at += _HEAD
    while at < end:
        size = _SIZE.unpack_from(data, at)[0] if end - at >= _SIZE.size else 0
        at += _SIZE.size
        if not 0 < size <= end - at:
            raise BadUse(f"no OSC: a bundle holds an element of {size} bytes.")
        _read_element(data, at, at + size, depth + 1, messages)
        at += size


def _message(data: bytes, at: int, end: int) -> Message:
    if not data.startswith(b"/", at, end):
        raise BadUse("no OSC: neither a bundle nor an address.")
    address, at = _text(data, at, end)
    if at >= end:  # senders older than the standard leave the type tags out
        return address, ()
    tags, at = _text(data, at, end)
    if not tags.startswith(","):
        raise BadUse("no OSC: an address is not followed by type tags.")
    return address, _numbers(data, at, end, tags[1:])


def _text(data: bytes, at: int, end: int) -> tuple[str, int]:
    """A text of ASCII, and where the padding behind it ends."""
    zero = data.find(b"\0", at, end)
    if zero < 0:
        raise BadUse("no OSC: a text has no end.")
    try:
        text = data[at:zero].decode("ascii")
    except UnicodeDecodeError:
        raise BadUse("no OSC: a text is not ASCII.") from None
    return text, at + (zero - at) // 4 * 4 + 4


def _numbers(data: bytes, at: int, end: int, tags: str) -> tuple[float, ...]:
    if len(tags) < len(_FLOATS) and tags == "f" * len(tags):  # nearly all there are
        floats = _FLOATS[len(tags)]
        _check_room(at + floats.size, end)
        return floats.unpack_from(data, at)
    numbers: list[float] = []
    for tag in tags:
        if tag in _WORTH:
            numbers.append(_WORTH[tag])
            continue
        if (kind := _KINDS.get(tag)) is None:
            return ()
        _check_room(at + kind.size, end)
        numbers.append(float(kind.unpack_from(data, at)[0]))
        at += kind.size
    return tuple(numbers)


def _check_room(last: int, end: int) -> None:
    if last > end:
        raise BadUse("no OSC: a message is torn.")
