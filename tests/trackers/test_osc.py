"""OSC datagrams: those of python-osc are the reference, junk is junk."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.osc_packet import OscPacket

from tests.trackers.senders import bundle, message
from vrface.errors import BadUse
from vrface.trackers import osc

f32 = st.floats(width=32, allow_nan=False)
addresses = st.text("abcXYZ/_09v2", max_size=30).map(lambda text: f"/{text}")
messages = st.builds(
    lambda address, numbers: message(address, *numbers), addresses, st.lists(f32, max_size=12)
)


@given(st.lists(messages, max_size=30))
def test_a_bundle_of_python_osc_is_read_as_python_osc_reads_it(sent):
    datagram = bundle(sent)
    theirs = [(m.message.address, tuple(m.message.params)) for m in OscPacket(datagram).messages]
    assert osc.read(datagram) == theirs
    assert len(theirs) == len(sent)


@pytest.mark.parametrize(
    ("kind", "number"), [("f", 0.5), ("i", -3), ("d", 1e300), ("h", 2**40)], ids="fidh"
)
def test_every_kind_of_number_is_a_number(kind, number):
    sent = message("/a", number, number, kind=kind)
    assert osc.read(sent.dgram) == [("/a", (float(number), float(number)))]


def test_true_and_false_are_numbers_too():
    builder = OscMessageBuilder("/a")
    for value in (True, 2, False):
        builder.add_arg(value)
    assert osc.read(builder.build().dgram) == [("/a", (1.0, 2.0, 0.0))]


@pytest.mark.parametrize("value", ["text", b"blob", None])
def test_a_message_with_anything_else_has_no_numbers(value):
    builder = OscMessageBuilder("/a")
    builder.add_arg(0.5)
    builder.add_arg(value)
    builder.add_arg(0.5)
    after = message("/b", 1.0)
    assert osc.read(bundle([builder.build(), after])) == [("/a", ()), ("/b", (1.0,))]


def test_a_message_without_type_tags_has_no_numbers():
    assert osc.read(b"/abc\0\0\0\0") == [("/abc", ())]


def test_bundles_in_bundles_are_read_in_order():
    def within(*contents: bytes) -> bytes:
        sized = b"".join(struct.pack(">i", len(content)) + content for content in contents)
        return b"#bundle\0" + bytes(8) + sized

    a, b, c = (message(f"/{name}", 1.0).dgram for name in "abc")
    found = osc.read(within(a, within(b, within()), c))
    assert [address for address, _ in found] == ["/a", "/b", "/c"]
    deep = a
    for _ in range(20):
        deep = within(deep)
    with pytest.raises(BadUse, match="too deep"):
        osc.read(deep)


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"\0",
        b"abc\0",
        b"/abc",
        b"/\xff\xff\0,f\0\0\0\0\0\0",
        b"/a\0\0f\0\0\0\0\0\0\0",
        b"/a\0\0,ff\0\0\0\0\0",
        b"/a\0\0,ifffffffff\0\0",
        b"#bundle\0",
        b"#bundle\0" + bytes(8) + b"\0\0",
        b"#bundle\0" + bytes(8) + struct.pack(">i", 0),
        b"#bundle\0" + bytes(8) + struct.pack(">i", 9) + b"/a\0\0",
        # Over this one python-osc 1.10 loops for ever.
        b"#bundle\0" + bytes(8) + struct.pack(">i", -4) + bytes(4),
    ],
)
def test_what_is_no_osc_is_bad_use(junk):
    with pytest.raises(BadUse, match="no OSC"):
        osc.read(junk)


def read_or_refused(data: bytes) -> None:
    try:
        found = osc.read(data)
    except BadUse:
        return
    assert all(isinstance(number, float) for _, numbers in found for number in numbers)


@given(st.binary(max_size=200))
def test_any_bytes_are_osc_or_bad_use(data):
    read_or_refused(data)
    read_or_refused(b"#bundle\0" + bytes(8) + data)
    read_or_refused(b"/a\0\0," + data)


@given(
    st.lists(messages, min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=4),
    st.integers(0, 10**6),
)
def test_a_damaged_bundle_is_osc_or_bad_use(sent, damage, cut):
    data = bytearray(bundle(sent))
    for place, byte in damage:
        data[place % len(data)] = byte
    read_or_refused(bytes(data))
    read_or_refused(bytes(data[: cut % len(data)]))
