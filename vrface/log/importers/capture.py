"""Captures of Live Link Face's UDP packets: an ARKit face as the phone sent it.

Three kinds of file: a packet capture (``tcpdump -w face.pcap udp port 11111``), packets one behind
the other (``nc -u -l 11111 > face.udp``), and the recordings of think-biq/LLV (``.gesichter``:
version, count, then each packet behind its length).

Times are the packets' own: the phone's timecode, which no network delays. Where it does not
advance, a packet capture still says when each packet arrived. Of several phones, the one that sent
most is read. A torn end, and what is no packet, is left out.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse, TakeError
from vrface.face.schemes import scheme
from vrface.log.importers.faces import clipped, moving, take_of
from vrface.log.importers.format import Format, Head, Imported, name_of, person_of
from vrface.log.importers.pcap import PCAPNG, is_pcap, payloads
from vrface.log.importers.text import DAY_S, MOST_DAYS, later, left_out
from vrface.wire.livelink import COUNT, PORT, SHAPES, VERSION, Packet, decode, eye_angles, gaze
from vrface.wire.livelink import split as split_packets

_MOST_BYTES = 1 << 28
_MOST_S = MOST_DAYS * DAY_S

_ADVICE = "Record with `tcpdump -w face.pcap udp port 11111` while the app sends to this machine."


class _Phone:
    """What one phone sent."""

    def __init__(self) -> None:
        self.arrival_ns = array("q")
        self.seconds = array("d")
        self.weights = array("f")

    def add(self, packet: Packet, arrival_ns: int) -> None:
        self.arrival_ns.append(arrival_ns)
        self.seconds.append(packet.seconds)
        self.weights.frombytes((_NOTHING if packet.weights is None else packet.weights).tobytes())


_NOTHING = np.full(COUNT, np.nan, dtype=np.float32)


def read(path: Path, person: str | None) -> Imported:
    """Read a capture.

    Raises:
        TakeError: if it holds no face.
    """
    phones: dict[tuple[str, str], _Phone] = {}
    strange = 0
    for arrival_ns, packet in _packets(path):
        if packet is None:
            strange += 1
            continue
        phones.setdefault((packet.device, packet.subject), _Phone()).add(packet, arrival_ns)
    if not phones:
        raise TakeError(f"{path} holds no packet of Live Link Face.", _ADVICE)
    phone = max(phones.values(), key=lambda each: len(each.seconds))
    weights = np.frombuffer(phone.weights, dtype=np.float32).reshape(-1, COUNT)
    time_ns, clock = _times(path, phone)
    kept = np.isfinite(time_ns)
    kept[kept] = later(time_ns[kept])
    if kept.sum() < 2:
        raise TakeError(f"{path} stands still: no time in it advances.", _ADVICE)
    time_ns, weights = time_ns[kept], weights[kept]
    arkit = scheme("arkit")
    values = weights[:, [SHAPES.index(shape) for shape in arkit.shapes]].astype(np.float64)
    take = take_of(
        name_of(path),
        person_of(path, person),
        np.round(time_ns - time_ns[0]).astype(np.int64),
        arkit,
        values,
        moving(gaze(eye_angles(weights))),
    )
    several = (f"{len(phones)} phones sent; the one that sent most was read.",)
    notes = (
        f"Times are {clock}.",
        *left_out(strange, "no packet of Live Link Face, version 6"),
        *left_out(int((~kept).sum()), "doubled, or back in time"),
        *(several if len(phones) > 1 else ()),
        *clipped(values),
    )
    return Imported(FORMAT.name, take, notes)


def _times(path: Path, phone: _Phone) -> tuple[NDArray[np.float64], str]:
    """[packets] nanoseconds, NaN where there is none, and whose clock they are of."""
    seconds = np.array(phone.seconds)
    seconds[~(np.abs(seconds) < _MOST_S)] = np.nan
    seconds += DAY_S * np.cumsum(np.diff(seconds, prepend=seconds[:1]) < -DAY_S / 2)
    advancing = np.count_nonzero(np.diff(seconds) > 0)
    if advancing and 2 * advancing >= len(seconds) - 1:
        return seconds * 1e9, "the phone's timecode"
    arrival = np.array(phone.arrival_ns)
    if (arrival < 0).all():
        raise TakeError(
            f"{path} holds packets without times: their timecode does not advance.", _ADVICE
        )
    return (arrival - arrival[0]).astype(np.float64), "when each packet arrived"


def _packets(path: Path) -> Iterator[tuple[int, Packet | None]]:
    """When each packet arrived, -1 where nobody knows, and the packet if it is one."""
    start = Head.of(path).start
    if start.startswith(PCAPNG):
        raise TakeError(
            f"{path} is a capture of the newer kind, pcapng.",
            "Convert it: `editcap -F pcap FILE face.pcap`.",
        )
    try:
        if is_pcap(start):
            with path.open("rb") as file:
                for arrival_ns, port, payload in payloads(file):
                    packet = _decoded(payload)
                    if packet is not None or port == PORT:
                        yield arrival_ns, packet
            return
        if path.stat().st_size > _MOST_BYTES:
            raise TakeError(f"{path} is longer than {_MOST_BYTES >> 20} MB.", "Cut it.")
        yield from ((-1, packet) for packet in _in_row(path.read_bytes()))
    except OSError as error:
        raise TakeError(f"cannot read {path}: {error.strerror}.") from None


def _in_row(data: bytes) -> Iterator[Packet | None]:
    """Packets one behind the other, with or without their lengths; None where they end early."""
    if _has_lengths(data):
        at = 5
        while len(size := data[at : at + 4]) == 4:
            (length,) = struct.unpack(">I", size)
            yield _decoded(data[at + 4 : at + 4 + length])
            at += 4 + length
        return
    try:
        yield from split_packets(data)
    except BadUse:
        yield None


def _decoded(payload: bytes) -> Packet | None:
    try:
        return decode(payload)
    except BadUse:
        return None


def _has_lengths(data: bytes) -> bool:
    """Whether the first packet follows a version, a count and its length, as LLV writes."""
    return data[:1] == bytes([VERSION]) == data[9:10] and data[10:13] == b"\0\0\0"


def _recognises(head: Head) -> bool:
    """A capture, or a packet of version 6: behind it stands a length that no text begins with."""
    start = head.start
    if is_pcap(start) or start.startswith(PCAPNG):
        return True
    return start[:2] == bytes([VERSION, 0])


FORMAT = Format("livelink_udp", "capture of Live Link Face's UDP packets", _recognises, read)
