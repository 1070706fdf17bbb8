"""Packet captures, built here byte by byte."""

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.log.importers.packets import ethernet, ipv4, ipv6, pcap, udp
from vrface.log.importers.pcap import is_pcap, payloads

IP = ipv4(udp(b"hello"))
LINKS = {
    0: b"\x02\0\0\0" + IP,
    1: ethernet(IP),
    12: IP,
    101: IP,
    108: b"\0\0\0\x02" + IP,
    113: bytes(14) + b"\x08\0" + IP,
    228: IP,
    276: b"\x08\0" + bytes(18) + IP,
}


def found(data):
    return list(payloads(io.BytesIO(data)))


@pytest.mark.parametrize("link", LINKS)
def test_every_link_type_is_looked_into(link):
    assert found(pcap([(1.5, LINKS[link])], link=link)) == [(1_500_000_000, 11111, b"hello")]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nanoseconds", [False, True])
def test_either_byte_order_and_either_unit(order, nanoseconds):
    data = pcap([(7.25, ethernet(IP))], order=order, nanoseconds=nanoseconds)
    assert is_pcap(data)
    assert found(data) == [(7_250_000_000, 11111, b"hello")]


def test_ipv6_and_vlan_tags():
    tagged = ethernet(IP, kind=b"\x81\0\0\x05\x88\xa8\0\x06\x08\0")
    six = ethernet(ipv6(udp(b"six", port=5)), kind=b"\x86\xdd")
    both = found(pcap([(1, tagged), (2, six)]))
    assert both == [(10**9, 11111, b"hello"), (2 * 10**9, 5, b"six")]


@pytest.mark.parametrize(
    "packet",
    [
        ethernet(ipv4(udp(b"x"), protocol=6)),
        ethernet(ipv4(udp(b"x"), fragment=0x2000)),
        ethernet(ipv4(udp(b"x"), fragment=0x0010)),
        ethernet(ipv6(udp(b"x"), protocol=0), kind=b"\x86\xdd"),
        ethernet(b"", kind=b"\x08\0"),
        ethernet(IP[:19]),
        ethernet(IP[:24]),
        ethernet(IP[:-2]),
        ethernet(IP, kind=b"\x08\x06"),
        ethernet(b"\x45" + IP[1:2] + b"\xff" * 30),
        b"",
        b"\x81\0" * 40,
    ],
)
def test_what_is_no_whole_udp_is_passed_over(packet):
    assert found(pcap([(1, packet), (2, ethernet(IP))])) == [(2 * 10**9, 11111, b"hello")]


def test_an_unknown_link_type_holds_nothing():
    assert found(pcap([(1, ethernet(IP))], link=147)) == []


def test_a_torn_end_gives_the_packets_before_it():
    data = pcap([(1, ethernet(IP)), (2, ethernet(IP))])
    for length in (len(data) - 1, len(data) - 40, len(data) - len(ethernet(IP)) - 3):
        assert len(found(data[:length])) == 1
    assert found(data[:20]) == []


def test_a_record_that_claims_to_be_huge_ends_it():
    data = pcap([(1, ethernet(IP))]) + struct.pack("<IIII", 2, 0, 2**31, 2**31) + bytes(100)
    assert len(found(data)) == 1


@given(st.binary(max_size=300), st.sampled_from(sorted(LINKS)))
def test_any_bytes_hold_datagrams_or_none(junk, link):
    for time_ns, port, payload in found(pcap([(3, junk)], link=link) + junk):
        assert time_ns >= 0
        assert 0 <= port < 65536
        assert len(payload) <= len(junk)
