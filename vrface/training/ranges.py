"""What a recipe may get wrong: settings out of their ranges."""

from __future__ import annotations

from collections.abc import Mapping

from vrface.errors import BadUse


def require(what: str, settings: object, ranges: Mapping[str, tuple[float, float]]) -> None:
    """Check that settings lie in their ranges, ends included.

    Args:
        what: They are of, for the message.
        settings: An object whose attributes they are: a number, or a tuple of numbers that do not
            decrease.
        ranges: Lowest and highest value by name.

    Raises:
        BadUse: for the first that does not.
    """
    for name, (low, high) in ranges.items():
        value = getattr(settings, name)
        numbers = value if isinstance(value, tuple) else (value,)
        try:
            sane = all(low <= number <= high for number in numbers)
            sane = sane and list(numbers) == sorted(numbers)
        except TypeError:
            sane = False
        if not sane:
            raise BadUse(f"{what}: {name} is {low:g} to {high:g}, got {value!r}.")
