"""Prompts: every sensor is moved, between two rests."""

import pytest

from vrface.model.calibration.prompts import PROMPTS, STILL, lasting, moving
from vrface.model.features import STREAMS

NOBODY_MOVES = {"pupils"}


def test_they_begin_and_end_at_rest():
    assert PROMPTS[0].name == PROMPTS[-1].name == STILL
    assert [prompt.moves for prompt in PROMPTS if prompt.name == STILL] == [(), ()]
    names = [prompt.name for prompt in PROMPTS if prompt.name != STILL]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("stream", STREAMS)
def test_some_prompt_moves_every_stream_that_one_can_move(stream):
    assert bool(moving(stream)) == (stream not in NOBODY_MOVES)


def test_they_move_nothing_that_no_model_hears():
    assert {stream for prompt in PROMPTS for stream in prompt.moves} <= set(STREAMS)


def test_their_seconds_share_what_they_are_given():
    assert sum(prompt.seconds for prompt in PROMPTS) == pytest.approx(42.0)
    short = lasting(21.0)
    assert [one.seconds * 2 for one in short] == pytest.approx([one.seconds for one in PROMPTS])
    assert [one.words for one in short] == [one.words for one in PROMPTS]
