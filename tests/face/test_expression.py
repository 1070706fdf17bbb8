"""`Expression`: access by name, readable text."""

import dataclasses

import numpy as np
import pytest

from vrface import Expression, Source, Status
from vrface.errors import UnknownName
from vrface.face.blendshapes import BLENDSHAPES, index


@pytest.fixture
def face() -> Expression:
    weights = np.linspace(0, 0.53, 54).astype(np.float32)
    source = np.full(54, Source.MEASURED, np.uint8)
    stddev = np.full(54, 0.01, np.float32)
    for name in BLENDSHAPES:
        if name.startswith("brow"):
            source[index(name)], stddev[index(name)] = Source.INFERRED, 0.11
    return Expression(
        sequence=3,
        frame_time_ns=12_311_000_000,
        sample_time_ns=12_300_000_000,
        status=Status.TRACKING,
        weights=weights,
        stddev=stddev,
        source=source,
        confidence=np.ones(3, np.float32),
        gaze=np.zeros(4, np.float32),
    )


def test_weights_by_name_alias_and_extra(face: Expression) -> None:
    assert face["jawOpen"] == face.weights[index("jawOpen")]
    assert face["browInnerUp"] == pytest.approx((0.43 + 0.44) / 2)
    more = dataclasses.replace(
        face, weights=np.append(face.weights, 0.7), extras=("cheekSuckLeft",)
    )
    assert more["cheekSuckLeft"] == pytest.approx(0.7)
    assert list(more.as_dict())[-1] == "cheekSuckLeft"


def test_an_unknown_name_gets_the_nearest_ones(face: Expression) -> None:
    with pytest.raises(UnknownName, match="Did you mean 'jawOpen'"):
        face["jawOpn"]


def test_it_reads_like_a_sentence(face: Expression) -> None:
    assert repr(face) == ("face at 12.311 s: 48 measured, 6 inferred (brow +-.11); browInnerUp .44")


def test_extras_are_counted_apart_from_the_54(face: Expression) -> None:
    more = dataclasses.replace(
        face,
        weights=np.append(face.weights, [0.7, 0.2, 0.2]),
        source=np.append(face.source, [1, 1, 7]).astype(np.uint8),
        extras=("tongueUp", "cheekSuckLeft", "cheekSuckRight"),
    )
    assert "48 measured and 2 extras, 6 inferred (brow +-.11), 1 extra copied;" in repr(more)


def test_what_is_not_valid_says_why(face: Expression) -> None:
    stale = dataclasses.replace(face, status=Status.STALE)
    assert face.valid
    assert not stale.valid
    assert "[stale]" in repr(stale)
    absent = dataclasses.replace(
        face, weights=np.full(54, np.nan), source=np.zeros(54, np.uint8), status=Status.WARMING_UP
    )
    assert repr(absent).endswith("no values [warming up]; browInnerUp absent")


def test_the_stored_numbers_never_change() -> None:
    assert [s.name for s in Source] == [
        "ABSENT", "MEASURED", "INFERRED", "HELD", "NEUTRAL", "GENERATED", "CUED", "COPIED",
    ]  # fmt: skip
    assert [s.name for s in Status] == [
        "ABSENT", "TRACKING", "WARMING_UP", "NOT_WORN", "STALE", "WITHHELD",
    ]  # fmt: skip
    assert [int(s) for s in Source] == list(range(8))


def test_age_counts_from_arrival(face: Expression) -> None:
    assert 0 <= face.age_ms < 5000
