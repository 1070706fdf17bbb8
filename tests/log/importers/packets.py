"""What tests of captures share: packets and captures built field by field."""

import struct

DEVICE = "8F8D0A17-3C31-4F22-8E1C-5C1D4D3A2B10"


def udp(payload, port=11111):
    return struct.pack(">HHHH", 50000, port, 8 + len(payload), 0) + payload


def ipv4(payload, protocol=17, fragment=0, options=b"\x01\x01\x01\x01"):
    words = 5 + len(options) // 4
    size = 4 * words + len(payload)
    head = struct.pack(">BBHHHBBH", 0x40 | words, 0, size, 1, fragment, 64, protocol, 0)
    return head + b"\x0a\0\0\x01" + b"\x0a\0\0\x02" + options + payload


def ipv6(payload, protocol=17):
    return struct.pack(">IHBB", 0x60000000, len(payload), protocol, 64) + bytes(32) + payload


def ethernet(payload, kind=b"\x08\0"):
    return bytes(12) + kind + payload


def pcap(packets, link=1, order="<", nanoseconds=False):
    """A capture of pairs of seconds and packet."""
    magic, unit = (0xA1B23C4D, 10**9) if nanoseconds else (0xA1B2C3D4, 10**6)
    data = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 1 << 18, link)
    for seconds, packet in packets:
        whole, size = int(seconds), len(packet)
        data += struct.pack(order + "IIII", whole, round((seconds - whole) * unit), size, size)
        data += packet
    return data


def livelink(frame, values=None, subject="phone", rate=(60, 1), sub_frame=0.0, device=DEVICE):
    """A Live Link Face packet, version 6; without values there is no face in view."""
    data = b"\x06"
    for text in (device.encode(), subject.encode()):
        data += struct.pack(">i", len(text)) + text
    data += struct.pack(">ifii", frame, sub_frame, *rate)
    if values is None:
        return data
    return data + bytes([len(values)]) + struct.pack(f">{len(values)}f", *values)


def llv(packets):
    """A recording as think-biq/LLV writes it."""
    body = b"".join(struct.pack(">I", len(packet)) + packet for packet in packets)
    return b"\x06" + struct.pack(">I", len(packets)) + body
