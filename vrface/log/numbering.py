"""The numbers that entries of a log carry: is one missing, doubled, or of another log?

The entries of each channel are numbered in a row. The first number is the header's checksum, so
that a part of another log is not taken for one of this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from vrface.log.header import CHECKSUM

MODULUS = 2**32


class Numbering:
    """Which number comes next on each channel.

    Args:
        first: The first number of every channel.
    """

    def __init__(self, first: int) -> None:
        self._first = first
        self._next: dict[int, int] = {}

    @classmethod
    def of(cls, metadata: Mapping[str, str]) -> Numbering:
        """The numbering of a log with this metadata record."""
        return cls(int(metadata[CHECKSUM], 16))

    def take(self, channel: int) -> int:
        """The next number of a channel, which is used up by that."""
        number = self._next.get(channel, self._first)
        self._next[channel] = (number + 1) % MODULUS
        return number

    def missing(self, channel: int, number: int) -> int:
        """How many numbers of the channel were skipped; nearly `MODULUS` if it was used before."""
        return (number - self._next.get(channel, self._first)) % MODULUS

    def follow(self, numbers: Iterable[tuple[int, int]]) -> None:
        """Go on behind these pairs of channel and number."""
        for channel, number in numbers:
            self._next[channel] = (number + 1) % MODULUS
