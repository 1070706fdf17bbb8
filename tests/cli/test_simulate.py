"""simulate: which logs it makes, that they are the same however, and what is left when it ends."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.words import words
from vrface.cli import simulate
from vrface.log import LogReader, read_paired
from vrface.sensors.headset import SHIPPED
from vrface.trust import Permission

LOCAL = Permission.local()
WAIT_S = 60.0
SHORT = ("--headset", "mouth_only", "--minutes", 0.03)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def alone(monkeypatch):
    """All in this process: one core."""
    monkeypatch.setattr(simulate, "_cores", lambda: 1)


def test_one_log_of_a_simulated_wearer(vrface, tmp_path):
    log = tmp_path / "new" / "a.mcap"
    wanted = ("--headset", "mouth_only", "--seed", 7, "--minutes", 0.05, "--rate", 50)
    code, out, _ = vrface("simulate", *wanted, "-o", log)
    paired = read_paired(log, LOCAL)
    assert code == 0
    assert f"{log}: simulated-0007 wears mouth_only, 150 frames, 3.0 s" in out
    assert "simulated face, simulated sensors; " in out
    assert out.endswith(" times real time\n")
    assert paired.headset.name == "mouth_only"
    assert not paired.real_sensors
    assert len(paired.frame_time_ns) == 150

    code, out, _ = vrface("info", log)
    assert code == 0
    for fact in ("headset mouth_only", "simulated: simulation version 1", "of them 0 lost"):
        assert fact in words(out)


def test_wearers_and_donnings_have_logs_of_their_own(vrface, tmp_path, alone):
    code, out, err = vrface("simulate", *SHORT, "--wearers", 2, "--donnings", 2, "-o", tmp_path)
    assert code == 0, err
    assert f"{tmp_path}: 4 logs of 2 wearers, 432 frames, 7.2 s; simulated face" in out
    assert names(tmp_path) == [f"simulated-2000{n}-{k}.mcap" for n in (0, 1) for k in (0, 1)]
    paireds = [read_paired(path, LOCAL) for path in sorted(tmp_path.iterdir())]
    assert [paired.wearer for paired in paireds] == [f"simulated-2000{n}" for n in (0, 0, 1, 1)]
    assert len({paired.donning for paired in paireds}) == 4
    assert len({paired.truth.weights.tobytes() for paired in paireds}) == 4
    told = [json.loads(paired.provenance) for paired in paireds]
    assert [one["donning"]["number"] for one in told] == [0, 1, 0, 1]
    assert [one["wearer"]["seed"] for one in told] == [20000, 20000, 20001, 20001]
    assert len({one["performance"]["seed"] for one in told}) == 4


def test_a_random_headset_belongs_to_its_wearer(vrface, tmp_path, alone, monkeypatch):
    every = {simulate._headset("random", seed).name for seed in range(300)}
    assert every == set(SHIPPED)
    few = ("mouth_only", "eyes_and_mouth")
    monkeypatch.setattr(sys.modules["vrface.sensors.headset"], "SHIPPED", few)
    wanted = ("--headset", "random", "--minutes", 0.02, "--wearers", 10)
    assert vrface("simulate", *wanted, "--donnings", 2, "-o", tmp_path)[0] == 0
    logs = [LogReader(path).header for path in sorted(tmp_path.iterdir())]
    worn = [log.headset.name for log in logs if log.headset is not None]
    by_wearer = [set(worn[k : k + 2]) for k in range(0, 20, 2)]
    assert all(len(own) == 1 for own in by_wearer)
    assert set.union(*by_wearer) == set(few)


def test_held_out_sensors_are_others(vrface, tmp_path):
    for name, more in (("a", ()), ("b", ("--held-out",))):
        assert vrface("simulate", *SHORT, *more, "-o", tmp_path / f"{name}.mcap")[0] == 0
    plain, held_out = (read_paired(tmp_path / f"{name}.mcap", LOCAL) for name in "ab")
    told = [json.loads(one.provenance)["donning"] for one in (plain, held_out)]
    assert [one["held_out"] for one in told] == [False, True]
    assert not set(told[0]["families"].items()) & set(told[1]["families"].items())
    assert plain.truth.weights.tobytes() == held_out.truth.weights.tobytes()
    assert plain.streams[0].values.tobytes() != held_out.streams[0].values.tobytes()


def test_shards_and_processes_make_the_same_bytes(vrface, tmp_path, monkeypatch):
    wanted = ("simulate", *SHORT, "--wearers", 3)
    monkeypatch.setattr(simulate, "_cores", lambda: 1)
    assert vrface(*wanted, "-o", tmp_path / "alone")[0] == 0
    for shard in ("1/2", "2/2"):
        assert vrface(*wanted, "--shard", shard, "-o", tmp_path / "shards")[0] == 0
    monkeypatch.setattr(simulate, "_cores", lambda: 2)
    code, out, err = vrface(*wanted, "-o", tmp_path / "processes")
    assert code == 0, err
    assert "3 logs of 3 wearers, 324 frames, 5.4 s; " in out
    made = [contents(tmp_path / name) for name in ("alone", "shards", "processes")]
    assert len(made[0]) == 3
    assert made[0] == made[1] == made[2]


def test_what_is_there_and_whole_is_kept_and_what_is_missing_is_made(vrface, tmp_path, alone):
    wanted = ("simulate", *SHORT, "--wearers", 2, "-o", tmp_path)
    assert vrface(*wanted)[0] == 0
    first, second = sorted(tmp_path.iterdir())
    before, stamp = contents(tmp_path), first.stat().st_mtime_ns
    second.unlink()
    (tmp_path / f".{second.name}.abcd.part").write_bytes(before[second.name][:1000])
    code, out, _ = vrface(*wanted)
    assert code == 0
    assert ", 1 there already; " in out
    assert second.read_bytes() == before[second.name]
    assert first.stat().st_mtime_ns == stamp
    code, out, _ = vrface(*wanted)
    assert code == 0
    assert out.endswith("216 frames, 3.6 s; all there already\n")


@pytest.mark.parametrize(
    "other", [("--rate", 50), ("--minutes", 0.04), ("--headset", "eyes_and_mouth"), ("--held-out",)]
)
def test_another_log_of_the_name_is_neither_kept_nor_overwritten(fails, vrface, tmp_path, other):
    assert vrface("simulate", *SHORT, "-o", tmp_path)[0] == 0
    before = contents(tmp_path)
    line = fails(1, "simulate", *SHORT, *other, "--wearers", 2, "-o", tmp_path)
    assert "is not what would be made now" in line
    assert contents(tmp_path) == before


def test_half_a_log_is_never_taken_for_one(fails, vrface, tmp_path):
    assert vrface("simulate", *SHORT, "-o", tmp_path)[0] == 0
    (log,) = tmp_path.iterdir()
    log.write_bytes(log.read_bytes()[:-100])
    assert "ends too early" in fails(1, "simulate", *SHORT, "-o", tmp_path)
    log.write_bytes(b"mine")
    assert "is not what would be made now" in fails(1, "simulate", *SHORT, "-o", tmp_path)
    assert log.read_bytes() == b"mine"


def test_a_log_with_a_name_is_never_overwritten_and_costs_no_work(fails, tmp_path):
    (tmp_path / "afile").write_text("mine")
    (tmp_path / "there.mcap").write_text("mine")
    for more in ((), ("--face", "no.csv")):
        line = fails(1, "simulate", *SHORT[:2], *more, "-o", tmp_path / "afile" / "a.mcap")
        assert "cannot write" in line
        assert "Give another -o." in line
        line = fails(1, "simulate", *SHORT[:2], *more, "-o", tmp_path / "there.mcap")
        assert "never overwritten" in line
    assert "cannot write" in fails(1, "simulate", *SHORT, "-o", tmp_path / "afile")
    assert (tmp_path / "there.mcap").read_text() == "mine"


def test_a_full_disk_is_one_line_and_leaves_nothing(fails, tmp_path, small_disk, alone):
    small_disk("vrface.log.whole")
    line = fails(1, "simulate", *SHORT, "--wearers", 2, "-o", tmp_path)
    assert "No space left on device. Nothing is kept of it. Free some space." in line
    assert names(tmp_path) == []


@pytest.fixture
def begin():
    """Start the verb in a process and group of its own, behind some lines of Python."""
    started = []

    def run(before, *arguments):
        code = f"import os, resource, sys\n{before}\nfrom vrface.cli.main import main\n"
        command = [sys.executable, "-c", f"{code}sys.exit(main())", "simulate", *arguments]
        process = subprocess.Popen(
            [*map(str, command)],
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def test_a_disk_that_fails_several_processes_is_one_line_too(begin, tmp_path):
    no_room = "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))"
    process = begin(no_room, *SHORT, "--wearers", 4, "-o", tmp_path)
    out, err = process.communicate(timeout=WAIT_S)
    assert (process.returncode, out) == (1, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert "File too large. Nothing is kept of it." in err
    assert names(tmp_path) == []


@pytest.mark.parametrize("cores", [1, 2])
def test_ctrl_c_leaves_whole_logs_alone_and_the_same_command_goes_on(begin, tmp_path, cores):
    """Pressed in a terminal, where every process hears it."""
    folder = tmp_path / "logs"
    fewer = f"from vrface.cli import simulate; simulate._cores = lambda: {cores}"
    wanted = ("--headset", "mouth_only", "--minutes", 0.5, "--wearers", 200, "-o", folder)
    process = begin(fewer, *wanted)
    deadline = time.monotonic() + WAIT_S
    while not (folder.exists() and any(name.endswith(".mcap") for name in names(folder))):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=WAIT_S)
    assert (process.returncode, out) == (130, "")
    made = names(folder)
    assert err == f"stopped: {len(made)} of 200 logs are there; the same command goes on\n"
    assert 0 < len(made) < 200
    assert all(name.endswith(".mcap") for name in made)
    for name in made:
        assert len(read_paired(folder / name, LOCAL).frame_time_ns) == 1800


def test_a_recorded_face_wears_evaluation_sensors(vrface, tmp_path, take_csv):
    log = tmp_path / "a.mcap"
    code, out, _ = vrface("simulate", "--headset", "mouth_only", "--face", take_csv, "-o", log)
    assert code == 0
    assert "erika wears mouth_only, 360 frames, 6.0 s; real face, simulated sensors" in out
    paired = read_paired(log, LOCAL)
    assert (paired.wearer, paired.provenance) == ("erika", "")
    assert LogReader(log).header.simulation == "evaluation sensors version 1"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--wearers", 2, "-o", "{tmp}/a.mcap"), "more than one log"),
        (("--donnings", 2, "-o", "{tmp}/a.mcap"), "more than one log"),
        (("--shard", "3/2", "-o", "{tmp}/a"), "--shard is '3/2'"),
        (("--shard", "0/2", "-o", "{tmp}/a"), "Give I/N"),
        (("--shard", "half", "-o", "{tmp}/a"), "Give I/N"),
        (("--shard", "2/2", "-o", "{tmp}/a"), "is empty"),
        (("--wearers", 0, "-o", "{tmp}/a"), "--wearers"),
        (("--minutes", 21, "-o", "{tmp}/a"), "--minutes"),
        (("--minutes", "nan", "-o", "{tmp}/a"), "--minutes"),
        (("--headset", "randon", "-o", "{tmp}/a"), "unknown headset 'randon'"),
        (("--person", "p", "-o", "{tmp}/a"), "Give a --face"),
        (("--face", "a.csv", "--wearers", 2, "-o", "{tmp}/a.mcap"), "--face makes one log"),
        (("--face", "a.csv", "--minutes", 2, "-o", "{tmp}/a.mcap"), "Leave out --wearers"),
        (("--face", "a.csv", "-o", "{tmp}/a"), "ends in .mcap"),
    ],
)
def test_bad_arguments_are_one_line_with_advice(fails, tmp_path, arguments, says):
    given = [str(argument).format(tmp=tmp_path) for argument in arguments]
    assert says in fails(2, "simulate", "--headset", "mouth_only", *given)
    assert names(tmp_path) == []
