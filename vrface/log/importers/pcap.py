"""UDP payloads of a packet capture: libpcap's classic file, as ``tcpdump -w`` writes it.

After the IETF draft draft-ietf-opsawg-pcap: a header of 24 bytes, then records of 16 and a packet
each, in either byte order, with microseconds or nanoseconds. Ethernet (with VLAN tags), loopback,
Linux' cooked captures and bare IP are looked into, IPv4 and IPv6; fragments and IPv6 options are
passed over, as everything is that is no UDP.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

_MAGICS = {
    b"\xd4\xc3\xb2\xa1": ("<", 1000),
    b"\xa1\xb2\xc3\xd4": (">", 1000),
    b"\x4d\x3c\xb2\xa1": ("<", 1),
    b"\xa1\xb2\x3c\x4d": (">", 1),
}
"""Byte order, and nanoseconds in the smaller unit of a record's time."""

PCAPNG = b"\x0a\x0d\x0d\x0a"
"""How the newer format starts, which is not read."""

_MOST_BYTES = 1 << 18
_VLAN = {0x8100, 0x88A8}
_IPV4, _IPV6 = 0x0800, 0x86DD
_UDP = 17

# Link types: bytes before the IP header, and where among them the EtherType stands, if anywhere.
_LINKS = {
    0: (4, None),  # loopback: a family in the capturing machine's byte order
    1: (14, 12),  # Ethernet
    12: (0, None),  # bare IP
    14: (0, None),
    101: (0, None),
    108: (4, None),  # OpenBSD's loopback
    113: (16, 14),  # Linux' cooked capture
    228: (0, None),
    229: (0, None),
    276: (20, 0),  # the same, version 2
}


def is_pcap(start: bytes) -> bool:
    """Whether a file that starts so is such a capture."""
    return start[:4] in _MAGICS


def payloads(file: BinaryIO) -> Iterator[tuple[int, int, bytes]]:
    """UDP datagrams, in order of capture, up to the end of the file or its first torn record.

    Args:
        file: A capture, at its start.

    Yields:
        Nanoseconds since 1970, the port it went to, the payload.
    """
    order, unit_ns = _MAGICS[file.read(4)]
    rest = file.read(20)
    if len(rest) < 20:
        return
    link = struct.unpack(order + "I", rest[16:])[0] & 0xFFFF
    record = struct.Struct(order + "IIII")
    while len(head := file.read(record.size)) == record.size:
        second, fraction, size, _ = record.unpack(head)
        if size > _MOST_BYTES or len(packet := file.read(size)) < size:
            return
        datagram = _datagram(packet, link)
        if datagram is not None:
            yield second * 10**9 + fraction * unit_ns, *datagram


def _datagram(packet: bytes, link: int) -> tuple[int, bytes] | None:
    """The port and payload of a packet, if it holds UDP."""
    if link not in _LINKS:
        return None
    start, type_at = _LINKS[link]
    if type_at is not None:
        kind = _u16(packet, type_at)
        while kind in _VLAN:
            kind, start = _u16(packet, start + 2), start + 4
        if kind not in (_IPV4, _IPV6):
            return None
    if len(packet) <= start:
        return None
    udp = _udp_at(packet, start)
    if udp is None or len(packet) < udp + 8:
        return None
    length = _u16(packet, udp + 4)
    if not 8 <= length <= len(packet) - udp:
        return None
    return _u16(packet, udp + 2), packet[udp + 8 : udp + length]


def _udp_at(packet: bytes, start: int) -> int | None:
    """Where the UDP header stands behind an IP header, if one does."""
    version = packet[start] >> 4
    if version == 6 and len(packet) >= start + 40:
        return start + 40 if packet[start + 6] == _UDP else None
    if version != 4 or len(packet) < start + 20:
        return None
    size = (packet[start] & 0x0F) * 4
    fragment = _u16(packet, start + 6) & 0x3FFF  # an offset, or more to come
    if packet[start + 9] != _UDP or fragment or size < 20:
        return None
    return start + size


def _u16(packet: bytes, at: int) -> int:
    """Big endian, as everything on the wire; 0 beyond the end."""
    return int.from_bytes(packet[at : at + 2], "big")
