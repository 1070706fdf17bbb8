"""The key of finished jobs: another one wherever another figure could come out, and only there."""

from vrface.training.report import key as keys
from vrface.training.report.key import key
from vrface.training.report.options import Options

DIGEST = b"1234"


def test_it_follows_everything_that_a_figure_depends_on(data, monkeypatch):
    found = [
        key(Options(data=data), DIGEST),
        key(Options(data=data), b"5678"),
        key(Options(data=data, seed=1), DIGEST),
        key(Options(data=data, seconds=20.0), DIGEST),
        key(Options(), DIGEST),
    ]
    (data / "arkit/anna/take.csv").write_text("another face")
    found.append(key(Options(data=data), DIGEST))
    (data / "rig/ICT-FaceKit").mkdir(parents=True)
    found.append(key(Options(data=data), DIGEST))
    (data / "rig/ICT-FaceKit/mesh.npz").write_text("a mesh")
    found.append(key(Options(data=data), DIGEST))
    (data / "rig/ICT-FaceKit/mesh.npz").write_text("another mesh")
    found.append(key(Options(data=data), DIGEST))
    monkeypatch.setattr(keys, "version", lambda name: f"{name} of tomorrow")
    found.append(key(Options(data=data), DIGEST))
    monkeypatch.setattr(keys, "PROTOCOL", "another")
    found.append(key(Options(data=data), DIGEST))
    assert len(set(found)) == len(found)


def test_parts_of_a_small_report_are_parts_of_a_large_one():
    assert key(Options(wearers=3), DIGEST) == key(Options(wearers=40), DIGEST)


def test_what_measures_is_in_it_and_what_only_draws_is_not():
    names = {path.name for path in keys._measuring()}
    assert {"stretches.py", "jobs.py", "judge.py", "network.py", "channels.csv"} <= names
    report = {path.name for path in keys._measuring() if path.parent.name == "report"}
    assert not {"plots.py", "page.py", "words.py", "reading.py"} & report
