"""Logs that were spliced, doubled, forged or made up: noticed, in little memory, as `LogError`."""

import random
import struct
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.faults.forgery import LOG, chunk, left, message, record
from tests.faults.logs import (
    HEADER,
    LENGTH,
    Small,
    gaps,
    left_of,
    small_log,
)
from vrface.errors import LogError
from vrface.log import Entry, FileSink, LogReader, LogWriter
from vrface.log.header import sealed
from vrface.log.recover import MOST_LOSSES, survey

OTHER = small_log(header=replace(HEADER, wearer="wearer-2"))
MEMORY = 64 << 20


def bytes_of(log: Small, number: int) -> bytes:
    """A chunk with the index records behind it."""
    ends = [*(chunk.start for chunk in log.chunks[1:]), log.chunks[-1].end]
    return log.data[log.chunks[number].start : ends[number]]


def test_a_chunk_that_stands_there_twice_counts_once(tmp_path):
    for doubled in range(len(LOG.chunks)):
        for behind in range(doubled, len(LOG.chunks)):
            at = LOG.chunks[behind].end
            data = LOG.data[:at] + bytes_of(LOG, doubled) + LOG.data[at:]
            found = left(tmp_path / "a.mcap", data)
            assert found.entries == LOG.entries
            assert found.recovery.out_of_place == 1
            assert gaps(found) == []


def test_a_chunk_of_another_log_is_left_out_wherever_it_stands(tmp_path):
    for number in range(len(OTHER.chunks)):
        for at in [LOG.header_end, *(place.end for place in LOG.chunks)]:
            data = LOG.data[:at] + bytes_of(OTHER, number) + LOG.data[at:]
            found = left(tmp_path / "a.mcap", data)
            assert found.entries == LOG.entries
            assert found.recovery.out_of_place == 1


def test_a_chunk_in_another_ones_place_is_left_out_and_the_gap_is_told(tmp_path):
    number = 3
    cut, on = LOG.chunks[number].start, LOG.chunks[number + 1].start
    found = left(tmp_path / "a.mcap", LOG.data[:cut] + bytes_of(OTHER, number) + LOG.data[on:])
    assert found.entries == [e for e in LOG.entries if e not in LOG.chunks[number].entries]
    (gap,) = gaps(found)
    assert gap.frames == 3


def test_a_chunk_that_was_cut_out_is_a_gap_of_as_many_frames(tmp_path):
    for number in range(len(LOG.chunks) - 1):
        cut, on = LOG.chunks[number].start, LOG.chunks[number + 1].start
        found = left(tmp_path / "a.mcap", LOG.data[:cut] + LOG.data[on:])
        assert found.entries == [e for e in LOG.entries if e not in LOG.chunks[number].entries]
        (gap,) = gaps(found)
        assert gap.frames == 3
        assert found.recovery.bytes_lost == 0


def test_chunks_in_another_order_come_out_in_order_and_once(tmp_path):
    parts = [bytes_of(LOG, number) for number in range(len(LOG.chunks))]
    rng = random.Random(0)
    for _ in range(50):
        rng.shuffle(parts)
        data = LOG.data[: LOG.header_end] + b"".join(parts) + LOG.data[LOG.chunks[-1].end :]
        found = left(tmp_path / "a.mcap", data)
        numbers = [entry.log_time_ns for entry in found.entries]
        assert numbers == sorted(numbers)
        assert len(set(found.entries)) == len(found.entries)
        assert found.recovery.chunks + found.recovery.out_of_place == len(parts)


def test_two_logs_in_one_file_are_the_first_one(tmp_path):
    found = left(tmp_path / "a.mcap", LOG.data + OTHER.data)
    assert found.entries == LOG.entries
    assert found.recovery.out_of_place == len(OTHER.chunks)


def test_parts_of_two_recordings_of_one_person_are_told_apart(tmp_path):
    """All else may be the same: name, wearer, donning and headset."""
    one, other = (small_log(header=replace(HEADER, log_id=drawn)) for drawn in ("00aa", "00bb"))
    data = one.data[: one.chunks[4].start] + other.data[other.chunks[4].start :]
    found = left(tmp_path / "a.mcap", data)
    assert found.entries == [entry for part in one.chunks[:4] for entry in part.entries]
    assert found.recovery.out_of_place == len(other.chunks) - 4
    assert not found.recovery.complete


def test_memory_is_bounded_for_logs_of_any_length(tmp_path):
    """A log of 160 MB with damage all over, in a process that is measured by the system."""
    path = tmp_path / "long.mcap"
    rng = random.Random(0)
    with LogWriter(FileSink(path), HEADER, sync_every_ns=2**62) as log:
        for number in range(160):
            log.write(Entry("/calibration", number, number, rng.randbytes(1 << 20)))
    with path.open("r+b") as file:
        for at in range(3 << 20, path.stat().st_size, 7 << 20):
            file.seek(at)
            file.write(b"\x00")
    code = (
        "import resource, sys\n"
        "from vrface.log.recover import recover\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "found = recover(*sys.argv[1:])\n"
        "after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "unit = 1 if sys.platform == 'darwin' else 1024\n"
        "print((after - before) * unit, found.entries, len(found.losses))"
    )
    command = [sys.executable, "-c", code, str(path), str(tmp_path / "saved.mcap")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    memory, entries, losses = map(int, done.stdout.split())
    assert memory < MEMORY
    assert entries + losses >= 160
    assert losses > 10


def test_only_the_first_damaged_places_are_told_one_by_one(tmp_path):
    path = tmp_path / "a.mcap"
    log = small_log(frames=2 * MOST_LOSSES + 100, a_chunk=1)
    data = bytearray(log.data)
    for place in log.chunks[1::2]:
        data[place.end - 1] ^= 1
    path.write_bytes(data)
    recovery = survey(path)
    assert len(recovery.losses) == MOST_LOSSES
    assert recovery.chunks == MOST_LOSSES + 50
    assert recovery.entries_lost >= 2 * MOST_LOSSES + 50
    assert recovery.bytes_lost > 500 * MOST_LOSSES


quiet = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150 * LENGTH
)


def only_log_errors(path: Path, data: bytes) -> None:
    """Read and recover a file of these bytes."""
    path.write_bytes(data)
    try:
        reader = LogReader(path)
    except LogError:
        with pytest.raises(LogError):
            survey(path)
        return
    survey(path)
    for words in ("frames", "faces", "expressions", "events", "anchors", "calibrations"):
        with suppress(LogError):
            list(getattr(reader, words)())


@quiet
@given(data=st.binary(max_size=300))
def test_any_bytes_are_a_log_or_an_error(tmp_path, data):
    only_log_errors(tmp_path / "a.mcap", data)
    only_log_errors(tmp_path / "a.mcap", LOG.data[:8] + data)


@quiet
@given(data=st.binary(max_size=300))
def test_any_bytes_behind_a_header_are_a_log_or_an_error(tmp_path, data):
    only_log_errors(tmp_path / "a.mcap", LOG.data[: LOG.header_end] + data)


@quiet
@given(content=st.binary(max_size=200), channel=st.integers(0, 7), number=st.integers(0, 3))
def test_any_content_behind_a_right_checksum_is_a_log_or_an_error(
    tmp_path, content, channel, number
):
    head = LOG.data[: LOG.header_end]
    only_log_errors(tmp_path / "a.mcap", head + chunk(content))
    whole = LOG.data[: LOG.chunks[0].end] + chunk(message(channel, number, content))
    only_log_errors(tmp_path / "a.mcap", whole)


@quiet
@given(
    entries=st.dictionaries(st.text(max_size=8), st.text(max_size=30), max_size=5),
    name=st.sampled_from([*HEADER.to_metadata()]),
    value=st.text(max_size=30),
)
def test_any_header_is_a_log_or_an_error(tmp_path, entries, name, value):
    metadata = sealed({**HEADER.to_metadata(), **entries, name: value})

    def text(word: str) -> bytes:
        return struct.pack("<I", len(word.encode())) + word.encode()

    content = b"".join(text(word) for pair in metadata.items() for word in pair)
    content = text("vrface.log") + struct.pack("<I", len(content)) + content
    data = LOG.data[:8] + record(1, text("vrface") + text("x")) + record(0x0C, content)
    only_log_errors(tmp_path / "a.mcap", data + LOG.data[LOG.header_end :])


@quiet
@given(
    cuts=st.lists(st.integers(0, len(LOG.data)), min_size=2, max_size=6),
    order=st.randoms(use_true_random=False),
)
def test_any_splice_is_a_log_or_an_error_and_nothing_comes_twice(tmp_path, cuts, order):
    places = sorted({0, len(LOG.data), *cuts})
    parts = [LOG.data[a:b] for a, b in pairwise(places)]
    order.shuffle(parts)
    data = b"".join(parts)
    only_log_errors(tmp_path / "a.mcap", data)
    found = left_of(tmp_path / "a.mcap", data)
    if found is not None:
        assert len(set(found.entries)) == len(found.entries)
        assert set(found.entries) <= set(LOG.entries)
