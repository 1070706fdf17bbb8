"""`recover` and `survey`: what they keep, what they say of the rest. (More: tests/faults.)"""

from dataclasses import replace

import pytest

from tests.faults.logs import HEADER, PERIOD_NS, small_log
from vrface.errors import LogError, Refused
from vrface.log import EventKind, LogReader
from vrface.log.recover import Loss, recover, survey
from vrface.trust.permission import Permission

LOG = small_log()


@pytest.fixture
def damaged(tmp_path):
    """A log whose third chunk is damaged and whose end is missing."""
    path = tmp_path / "damaged.mcap"
    data = bytearray(LOG.data[: LOG.chunks[6].end - 10])
    data[LOG.chunks[2].end - 1] ^= 1
    path.write_bytes(data)
    return path


def test_what_is_lost_is_told_by_place_time_and_number(damaged):
    recovery = survey(damaged)
    third, torn = LOG.chunks[2], LOG.chunks[6]
    assert (recovery.chunks, recovery.frames, recovery.entries) == (5, 15, 32)
    assert (recovery.finished, recovery.complete) == (False, False)
    first, last = recovery.losses
    assert first.offset == third.start
    assert first.size >= third.end - third.start
    assert (first.entries, first.frames) == (6, 3)
    assert (first.start_ns, first.end_ns) == (6 * PERIOD_NS, 10 * PERIOD_NS)
    assert last == Loss(torn.start, torn.end - torn.start - 10, 0, 0, 18 * PERIOD_NS, None)
    assert recovery.bytes_lost == first.size + last.size
    assert recovery.entries_lost == 6


def test_the_new_log_is_whole_and_says_what_is_missing(damaged, tmp_path):
    saved = tmp_path / "saved.mcap"
    assert recover(damaged, saved) == survey(damaged)
    log = LogReader(saved)
    assert [frame.sequence for frame in log.frames()] == [*range(1, 7), *range(10, 19)]
    gap, own, end, made = [event for _, event in log.events()]
    assert (gap.kind, gap.frames) == (EventKind.GAP, 3)
    assert (gap.start_time_ns, gap.end_time_ns) == (6 * PERIOD_NS, 10 * PERIOD_NS)
    assert own.text == "half of it"
    assert (end.kind, end.frames) == (EventKind.GAP, 0)
    assert end.start_time_ns == 18 * PERIOD_NS
    assert made.kind is EventKind.NOTICE
    assert "recovered" in made.text
    topics = [(entry.topic, entry.log_time_ns) for entry in log.entries()]
    assert topics.index(("/event", 10 * PERIOD_NS)) < topics.index(("/sensors", 10 * PERIOD_NS))
    times = [time_ns for _, time_ns in topics]
    assert times == sorted(times)
    assert log.header.wearer == "wearer-1"
    assert list(log.anchors()) == [(0, 1_700_000_000_000_000_000)]


def test_what_was_recovered_once_is_complete(damaged, tmp_path):
    once, twice = tmp_path / "once.mcap", tmp_path / "twice.mcap"
    recover(damaged, once)
    assert recover(once, twice).complete
    assert twice.read_bytes() == once.read_bytes()


def test_a_chunk_is_kept_though_both_ends_of_its_frame_of_records_are_wrong(tmp_path):
    """Opcode, times and sizes of a chunk say nothing that its checksum does not."""
    path = tmp_path / "a.mcap"
    for place in (0, 1, 3, 9, 17, 25, 37, 41, 45):
        data = bytearray(LOG.data)
        data[LOG.chunks[2].start + place] ^= 0x5A
        path.write_bytes(data)
        with pytest.raises(LogError):
            list(LogReader(path).entries())
        assert survey(path).entries == len(LOG.entries), place


def test_where_the_first_chunk_is_lost_the_header_knows_the_topics(tmp_path):
    path, saved = tmp_path / "a.mcap", tmp_path / "saved.mcap"
    path.write_bytes(LOG.data[: LOG.header_end] + LOG.data[LOG.chunks[1].start :])
    recover(path, saved)
    assert [frame.sequence for frame in LogReader(saved).frames()] == list(range(4, 25))
    ((_, gap), *_) = LogReader(saved).events()
    assert (gap.frames, gap.start_time_ns, gap.end_time_ns) == (3, 0, 4 * PERIOD_NS)


def test_without_its_header_nothing_of_a_log_is_kept(tmp_path):
    path = tmp_path / "a.mcap"
    for place in range(9, LOG.header_end, 50):
        data = bytearray(LOG.data)
        data[place] ^= 0x10
        path.write_bytes(data)
        try:
            assert LogReader(path).header.wearer == "wearer-1"
        except LogError as error:
            assert "trusted" in error.advice or "newer vrface" in error.advice  # noqa: PT017
            for act in (survey, lambda log: recover(log, tmp_path / "saved.mcap")):
                with pytest.raises(LogError):
                    act(path)
    assert not (tmp_path / "saved.mcap").exists()


def test_a_recovered_log_keeps_its_identity(tmp_path):
    path, saved = tmp_path / "a.mcap", tmp_path / "saved.mcap"
    log = small_log(header=replace(HEADER, log_id="00aa"))
    path.write_bytes(log.data[:-10])
    recover(path, saved)
    assert LogReader(saved).header.log_id == "00aa"


def test_a_log_is_not_recovered_over_itself_or_another(damaged, tmp_path):
    before = damaged.read_bytes()
    with pytest.raises(LogError, match="already"):
        recover(damaged, damaged)
    assert damaged.read_bytes() == before


def test_what_is_none_of_ours_is_refused(tmp_path):
    (tmp_path / "a.mcap").write_text("hello")
    for path in (tmp_path / "a.mcap", tmp_path / "none.mcap", tmp_path):
        with pytest.raises(LogError):
            recover(path, tmp_path / "saved.mcap")


def test_an_unknown_permission_recovers_nothing(damaged, tmp_path):
    stranger = Permission(kind="hearsay", identifier="x")
    with pytest.raises(Refused):
        recover(damaged, tmp_path / "saved.mcap", stranger)
    with pytest.raises(Refused):
        survey(damaged, stranger)
