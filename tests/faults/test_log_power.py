"""The power fails between any two calls of a recording: what was acknowledged is on the disk.

A disk may keep what was not synced, lose it, keep half of the last write, or keep a later write and
not an earlier one; each is tried after each call.
"""

import random

import pytest

from tests.faults.logs import HEADER, PERIOD_NS, batch, left_of
from vrface.log import Entry, LogWriter


class Trace:
    """A sink that remembers each call."""

    def __init__(self) -> None:
        self.calls: list[bytes | None] = []  # None = a sync

    def append(self, data: bytes) -> None:
        self.calls.append(bytes(data))

    def sync(self) -> None:
        self.calls.append(None)

    def close(self) -> None: ...


@pytest.fixture(scope="module")
def recording():
    """The calls of a recording, its entries, and what was acknowledged after how many calls."""
    trace = Trace()
    log = LogWriter(trace, HEADER, sync_every_ns=3 * PERIOD_NS)
    entries: list[Entry] = []
    acknowledged = [(len(trace.calls), 0)]
    for number in range(1, 25):
        log.write(*batch(number))
        entries += batch(number)
        acknowledged.append((len(trace.calls), log.acknowledged))
    log.close()
    acknowledged.append((len(trace.calls), log.acknowledged))
    assert log.acknowledged == 48
    return trace.calls, entries, acknowledged


def lost(pending, rng):
    return b""


def kept(pending, rng):
    return b"".join(pending)


def torn(pending, rng):
    return b"".join(pending[:-1]) + pending[-1][: rng.randrange(len(pending[-1]) + 1)]


def garbled(pending, rng):
    last = pending[-1]
    cut = rng.randrange(len(last) + 1)
    return b"".join(pending[:-1]) + last[:cut] + rng.randbytes(len(last) - cut)


def out_of_order(pending, rng):
    gone = rng.randrange(len(pending))
    return b"".join(bytes(len(one)) if k == gone else one for k, one in enumerate(pending))


def zeros(pending, rng):
    return bytes(sum(map(len, pending)))


@pytest.mark.parametrize("fate", [lost, kept, torn, garbled, out_of_order, zeros])
def test_what_was_acknowledged_survives_a_power_cut_after_any_call(tmp_path, recording, fate):
    calls, entries, acknowledged = recording
    rng = random.Random(0)
    for count in range(len(calls) + 1):
        done = calls[:count]
        synced = max((k + 1 for k, call in enumerate(done) if call is None), default=0)
        pending = [call for call in done[synced:] if call]
        disk = b"".join(call for call in done[:synced] if call)
        disk += fate(pending, rng) if pending else b""
        said = max((number for after, number in acknowledged if after <= count), default=0)
        left = left_of(tmp_path / "disk.mcap", disk)
        if left is None:
            assert said == 0
            continue
        assert left.entries[:said] == entries[:said], count
        # Nothing is in it twice, in another order, or of nobody.
        assert left.entries == [entry for entry in entries if entry in left.entries], count
