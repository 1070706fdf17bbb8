"""Bits flip and files are cut: it is noticed, and what is intact comes back as it was."""

import random

import pytest

from tests.faults.logs import LENGTH, OVERHEAD, gaps, is_read_whole, left_of, small_log

LOG = small_log()
PARTS = 4
FLIPS = 10_000 * LENGTH // PARTS


def chunk_at(place: int) -> int | None:
    """Which chunk's packed content or checksum a byte belongs to."""
    for number, chunk in enumerate(LOG.chunks):
        if chunk.start + OVERHEAD <= place < chunk.end:
            return number
        if chunk.start + 33 <= place < chunk.start + 37:
            return number
    return None


def test_the_log_is_whole_to_begin_with(tmp_path):
    left = left_of(tmp_path / "a.mcap", LOG.data)
    assert is_read_whole(tmp_path / "a.mcap")
    assert left is not None
    assert left.entries == LOG.entries
    assert left.events == []
    assert left.recovery.complete
    assert 20_000 < len(LOG.data) < 64_000


@pytest.mark.parametrize("part", range(PARTS))
def test_every_flipped_bit_is_noticed_and_costs_its_own_chunk_at_the_most(tmp_path, part):
    rng = random.Random(part)
    path = tmp_path / "flipped.mcap"
    for bit in rng.sample(range(len(LOG.data) * 8), min(FLIPS, len(LOG.data) * 8)):
        data = bytearray(LOG.data)
        data[bit // 8] ^= 1 << bit % 8
        left = left_of(path, data)
        assert not is_read_whole(path), bit
        assert left is not None, bit
        if left.entries == LOG.entries:
            assert left.recovery.entries_lost == 0, bit
            continue
        hit = chunk_at(bit // 8)
        assert hit is not None, bit
        others = [chunk for chunk in LOG.chunks if chunk is not LOG.chunks[hit]]
        assert left.entries == [entry for chunk in others for entry in chunk.entries], bit
        assert left.recovery.bytes_lost >= LOG.chunks[hit].end - LOG.chunks[hit].start, bit
        check_loss(left, hit)


def check_loss(left, hit):
    """One gap, with as many frames as the chunk that was hit, from its first moment to its last."""
    (gap,) = gaps(left)
    missing = LOG.chunks[hit].entries
    before = LOG.chunks[hit - 1].entries[-1].log_time_ns if hit else 0
    assert gap.start_time_ns == before
    if hit == len(LOG.chunks) - 1:  # nothing behind it tells how many there were
        assert (left.recovery.entries_lost, gap.frames) == (0, 0)
        return
    assert gap.end_time_ns == LOG.chunks[hit + 1].entries[0].log_time_ns
    assert gap.frames == sum(entry.topic == "/sensors" for entry in missing)
    again = [entry for entry in missing if entry.topic in ("/sensors", "/expression")]
    assert left.recovery.entries_lost == len(again)  # of other topics no later number tells


@pytest.mark.parametrize("step", [4096, 512, 97])
def test_a_log_cut_anywhere_keeps_each_chunk_in_front_of_the_cut(tmp_path, step):
    path = tmp_path / "cut.mcap"
    for length in range(0, len(LOG.data), step):
        left = left_of(path, LOG.data[:length])
        assert not is_read_whole(path), length
        if left is None:
            assert length < LOG.header_end
            continue
        kept = [chunk for chunk in LOG.chunks if chunk.end <= length]
        assert left.entries == [entry for chunk in kept for entry in chunk.entries], length
        (gap,) = gaps(left)
        assert "writer was interrupted" in gap.text
        assert not left.recovery.finished
        end = kept[-1].end if kept else LOG.header_end
        assert left.recovery.bytes_lost <= length - end


@pytest.mark.parametrize("size", [512, 4096])
def test_a_block_of_zeros_costs_the_chunks_it_touches(tmp_path, size):
    path = tmp_path / "zeroed.mcap"
    for start in range(0, len(LOG.data) - size, size):
        data = bytearray(LOG.data)
        data[start : start + size] = bytes(size)
        left = left_of(path, data)
        assert not is_read_whole(path)
        if left is None:
            assert start < LOG.header_end
            continue
        whole = [c for c in LOG.chunks if c.end <= start or c.start >= start + size]
        kept = [entry for chunk in whole for entry in chunk.entries]
        assert [entry for entry in left.entries if entry in kept] == kept
        assert [entry for entry in LOG.entries if entry in left.entries] == left.entries
