"""A recorder is killed at any moment: no frame that was acknowledged is lost."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faults import recorder_process
from tests.faults.logs import LENGTH, batch, left_of
from tests.faults.recorder_process import DEAD, FRAMES
from vrface.log import LogReader
from vrface.log.recover import recover

KILLS = 50 * LENGTH
LATEST = FRAMES // 2
"""Kills come when so many frames were acknowledged at the most, and up to `MORE_S` later."""
MORE_S = 0.02


@pytest.fixture
def recorders():
    """A process that forks recorders."""
    process = subprocess.Popen(
        [sys.executable, "-m", recorder_process.__name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
        cwd=Path(__file__).parents[2],
    )
    with process:  # it ends with its stdin
        yield process


def acknowledged_before_its_death(recorders, path: Path, frames: int, more_s: float) -> int:
    """Have a recorder acknowledge so many frames, then kill it; how many it had by then."""
    recorders.stdin.write(f"{path}\n")
    recorder = int(recorders.stdout.readline())
    said = 0
    while said < frames:
        said = int(recorders.stdout.readline())
    time.sleep(more_s)
    os.kill(recorder, signal.SIGKILL)
    while (word := recorders.stdout.readline().strip()) != DEAD:
        said = int(word)
    return said


def test_no_acknowledged_frame_is_lost(recorders, tmp_path):
    rng = random.Random(0)
    expected = [entry for number in range(1, FRAMES + 1) for entry in batch(number)]
    acknowledged = []
    for kill in range(KILLS):
        path = tmp_path / f"{kill}.mcap"
        frames = max(rng.randrange(-LATEST // 4, LATEST), 0)  # some as soon as it began
        more_s = rng.uniform(0, MORE_S)
        said = acknowledged_before_its_death(recorders, path, frames, more_s)
        acknowledged.append(said)
        left = left_of(tmp_path / "copy.mcap", path.read_bytes() if path.exists() else b"")
        if left is None:
            assert said == 0
            continue
        kept = [entry for entry in left.entries if entry.topic != "/clock"]
        assert kept == expected[: len(kept)], kill
        assert left.recovery.frames >= said, kill
        assert left.recovery.out_of_place == 0
        check_recovered(path, tmp_path / f"{kill}-saved.mcap", left.recovery.frames)
    assert len(set(acknowledged)) > 10, "the kills came at too few different moments"


def test_a_recorder_that_gets_no_more_frames_acknowledges_its_last_ones(recorders, tmp_path):
    path = tmp_path / "a.mcap"
    recorders.stdin.write(f"{path}\n")
    recorder = int(recorders.stdout.readline())
    while int(recorders.stdout.readline()) < FRAMES:
        pass  # the test's time limit is this wait's
    os.kill(recorder, signal.SIGKILL)
    assert recorders.stdout.readline().strip() == DEAD
    left = left_of(path, path.read_bytes())
    assert left is not None
    assert left.recovery.frames == FRAMES


def check_recovered(path: Path, saved: Path, frames: int) -> None:
    """The log that recovery writes is whole, and the damaged one is as it was."""
    before = path.read_bytes()
    recover(path, saved)
    assert path.read_bytes() == before
    assert sum(1 for _ in LogReader(saved).frames()) == frames
