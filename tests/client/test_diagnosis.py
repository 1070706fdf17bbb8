"""A server's figures, and what is said of them."""

import pytest

from vrface.client.diagnosis import Figures, findings

WELL = {
    "sessions": 3.0,
    "sessions_max": 32.0,
    "sessions_opened": 10.0,
    "frames": 10_000.0,
    "faces": 10_000.0,
    "busy_ratio": 0.3,
}
QUICK = [(0.001, 990.0), (0.005, 1000.0), (0.011111, 1000.0), (float("inf"), 1000.0)]
SLOW = [(0.001, 10.0), (0.005, 500.0), (0.011111, 900.0), (float("inf"), 1000.0)]


def said(values=None, **stages) -> str:
    figures = Figures(
        WELL | (values or {}), dict.fromkeys(("queue", "answer", "loop"), QUICK) | stages
    )
    return " ".join(map(str, findings(figures)))


def test_of_a_server_that_is_well_nothing_is_said():
    assert said() == ""
    assert list(findings(Figures({}))) == []


@pytest.mark.parametrize(
    ("values", "stages", "words"),
    [
        ({"calls_failed": 2.0}, {}, "2 calls failed by a fault of the server."),
        ({"busy_ratio": 0.85}, {}, "The model takes 85% of the time."),
        ({}, {"answer": SLOW, "queue": SLOW}, "10% of the faces took longer than a frame"),
        ({}, {"answer": SLOW, "queue": SLOW}, "Most of it is waiting for their step."),
        ({}, {"answer": SLOW, "step": SLOW}, "Most of it is the step."),
        ({}, {"answer": SLOW}, "clients take their faces late"),
        ({}, {"loop": SLOW}, "more than 5 ms in 50% of looks"),
        ({"sessions": 32.0, "calls_refused": 7.0}, {}, "All 32 sessions are taken, and 7 calls"),
        ({"frames_overtaken": 2000.0}, {}, "20% of the frames were overtaken"),
        ({"sessions_turned_away": 3.0}, {}, "3 sessions were refused though there is room"),
        ({"streams_flooded": 2.0}, {}, "2 streams were ended because they sent far more"),
        ({"streams_held": 900.0}, {}, "Clients had to wait for"),
        ({"frames_ignored": 300.0}, {}, "3% of the frames came out of order"),
        ({"frames_late": 300.0}, {}, "3% of the frames were past the deadline"),
        ({"sessions_vanished": 4.0}, {}, "4 of 10 sessions ended without End"),
    ],
)
def test_what_is_wrong_is_said_with_its_figures(values, stages, words):
    assert words in said(values, **stages)


def test_of_few_faces_nothing_is_said():
    few = {"faces": 50.0, "frames": 50.0, "frames_overtaken": 40.0}
    assert said(few, answer=SLOW) == ""


def test_what_is_unknown_is_passed_over():
    text = (
        '# TYPE vrface_later gauge\nvrface_later{kind="x"} 3\n'
        "# TYPE vrface_frames counter\nvrface_frames_total 12\n"
    )
    figures = Figures.parse(text)
    assert figures["frames"] == 12
    assert figures["later"] == 0.0
    assert figures.beyond("queue", 1.0) == 0.0
