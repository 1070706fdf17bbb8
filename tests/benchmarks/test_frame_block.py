"""The benchmark of reading a face: every side reads the face it was given, each call a new one."""

import json
from contextlib import ExitStack
from functools import partial

import numpy as np

from benchmarks import frame_block
from vrface.face.expression import Expression, Status
from vrface.wire.frame_block import FrameBlock


def test_every_side_gets_a_face_it_has_not_seen():
    with ExitStack() as opened:
        sides = frame_block.sides(opened, seed=3)
        for name, (before, call) in sides.items():
            seen = []
            for _ in range(3):
                before()
                found = call()
                seen.append(found.expression if isinstance(found, FrameBlock) else found)
            if name == "publish":
                assert seen == [None] * 3
                continue
            assert len({id(face) for face in seen}) == 3
            for face in seen:
                assert isinstance(face, Expression)
                assert (face.status, face.extras) == (Status.TRACKING, frame_block.EXTRAS)
                for array in ("weights", "stddev", "source"):
                    expected = getattr(frame_block.drawn(3), array)
                    np.testing.assert_array_equal(getattr(face, array), expected)


def test_the_sides_take_turns_and_every_call_is_counted():
    order: list[str] = []
    sides = {name: (lambda: None, partial(order.append, name)) for name in ("a", "b")}
    times = frame_block.interleaved(sides, rounds=2, calls=3)
    assert order == [*"aaabbb"] * 3
    assert {name: taken.shape for name, taken in times.items()} == {"a": (2, 3), "b": (2, 3)}
    assert all((taken > 0).all() for taken in times.values())


def test_the_report_holds_what_is_printed(tmp_path, capsys, monkeypatch, compiler):
    compiler("gcc")
    monkeypatch.setattr("benchmarks.measure.pin", lambda: None)  # it would pin the other tests too
    report = tmp_path / "report.json"
    frame_block.main(["--rounds", "2", "--calls", "3", "--json", str(report)])
    table, told = capsys.readouterr().out, json.loads(report.read_text())
    assert list(told["us"]) == ["memory", "datagram", "gRPC", "publish", "C"]
    for name, found in told["us"].items():
        assert f"| {name} | {found['p10']:.1f} {found['p50']:.1f}" in table
