from dataclasses import FrozenInstanceError, dataclass, replace

import pytest

from vrface.frozen import made


@dataclass(frozen=True)
class Point:
    x: int
    y: int = 0


def test_what_is_made_is_as_if_it_had_been_called():
    assert made(Point, x=1, y=2) == Point(1, 2)
    assert replace(made(Point, x=1, y=2), y=3) == Point(1, 3)
    assert repr(made(Point, x=1, y=2)) == repr(Point(1, 2))


def test_it_is_frozen():
    with pytest.raises(FrozenInstanceError):
        made(Point, x=1, y=2).x = 3  # type: ignore[misc]
