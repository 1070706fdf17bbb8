"""Other standards' lists: three orders of one set of names, and what each scheme loses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vrface.errors import BadUse, UnknownName
from vrface.face.blendshapes import BLENDSHAPES, COUNT, index
from vrface.face.expression import Source
from vrface.face.schemes import ORDERS, SCHEMES, arkit_order, scheme

weights = arrays(np.float32, COUNT, elements=st.floats(0, 1, width=32))


def test_the_three_arkit_orders_hold_the_same_names_in_different_places() -> None:
    udp, csv, mediapipe = (arkit_order(order) for order in ORDERS)
    assert set(udp) == set(csv) == (set(mediapipe) - {"_neutral"}) | {"tongueOut"}
    assert udp != csv
    assert udp[14:18] == ("jawForward", "jawLeft", "jawRight", "jawOpen")
    assert csv[14:18] == ("jawForward", "jawRight", "jawLeft", "jawOpen")
    assert mediapipe[:2] == ("_neutral", "browDownLeft")
    assert len(mediapipe) == 52


def test_mixing_orders_up_is_noticed() -> None:
    # Reading one order's values under another's names moves a known face.
    smile = {"mouthSmileLeft": 0.9}
    udp = [smile.get(name, 0.0) for name in arkit_order("livelink_udp")]
    wrong = dict(zip(arkit_order("mediapipe"), udp, strict=True))
    assert wrong.get("mouthSmileLeft") != 0.9


@pytest.mark.parametrize("name", SCHEMES)
def test_reading_back_what_was_written_keeps_measured_shapes(name: str) -> None:
    entry = scheme(name)
    for blendshape in entry.measured:
        face = np.zeros(COUNT, np.float32)
        face[index(blendshape)] = 0.6
        expected = (
            0.3 if blendshape in ("browInnerUpLeft", "cheekPuffLeft") and name == "arkit" else 0.6
        )
        assert entry.read(entry.write(face))[index(blendshape)] == pytest.approx(expected)


@given(weights)
def test_a_symmetric_face_survives_arkit(face: np.ndarray) -> None:
    for left, right in (
        ("browInnerUpLeft", "browInnerUpRight"),
        ("cheekPuffLeft", "cheekPuffRight"),
    ):
        face[index(right)] = face[index(left)]
    entry = scheme("arkit")
    np.testing.assert_allclose(entry.read(entry.write(face)), face, atol=1e-6)


@given(weights)
def test_htc_loses_just_what_it_declares(face: np.ndarray) -> None:
    entry = scheme("htc")
    back = entry.read(entry.write(face))
    lost = np.isnan(back)
    assert [n for n, gone in zip(BLENDSHAPES, lost, strict=True) if gone] == list(entry.lost)
    np.testing.assert_allclose(back[~lost], face[~lost], atol=1e-6)


def test_arkit_ties_two_pairs_and_says_so() -> None:
    entry = scheme("arkit")
    assert entry.copied == ("browInnerUpRight", "cheekPuffRight")
    assert entry.lost == ()
    assert entry.source[index("browInnerUpLeft")] == Source.MEASURED


def test_htc_measures_no_brow_cheek_squint_or_nose() -> None:
    lost = scheme("htc").lost
    assert {n for n in BLENDSHAPES if n.startswith(("brow", "cheekSquint", "noseSneer"))} <= set(
        lost
    )
    assert scheme("htc").shapes.index("EYE_LEFT_SQUEEZE") == 4
    assert scheme("htc").shapes[14 + 32] == "LIP_TONGUE_LONGSTEP2"
    assert "LIP_CHEEK_SUCK" in scheme("htc").unread


def test_clear_errors() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'arkit'"):
        scheme("arkitt")
    with pytest.raises(UnknownName):
        arkit_order("alphabetical")
    with pytest.raises(BadUse, match="takes 52 values"):
        scheme("arkit").read(np.zeros(54))
