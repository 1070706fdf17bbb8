"""How calm a face is to be shown crosses the wire as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.face.test_smoothing import PARTS
from vrface.errors import BadUse
from vrface.face.smoothing import Smoothing
from vrface.wire.messages import session_pb2
from vrface.wire.smoothing import smoothing_from_proto, smoothing_to_proto


@given(PARTS, st.booleans())
def test_it_comes_back_as_it_went(parts, measured):
    smoothing = Smoothing(**parts, measured=measured and any(parts.values()))
    sent = smoothing_to_proto(smoothing).SerializeToString()
    assert smoothing_from_proto(session_pb2.Smoothing.FromString(sent)) == smoothing


def test_nothing_asked_for_is_nothing_smoothed():
    assert smoothing_from_proto(session_pb2.Open().smoothing) == Smoothing.none()


def test_a_part_without_figures_is_out_of_range():
    asked = session_pb2.Smoothing(lid=session_pb2.OneEuro())
    with pytest.raises(BadUse, match="got 0 and 0"):
        smoothing_from_proto(asked)
