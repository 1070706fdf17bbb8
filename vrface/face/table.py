"""Reading the fact tables that ship beside the code: CSV with `#` comments above the header."""

from __future__ import annotations

import csv
from importlib import resources


def read_table(package: str, name: str) -> list[dict[str, str]]:
    """Read one shipped table.

    Args:
        package: The package whose ``tables`` folder holds it, for example ``"vrface.face"``.
        name: File name without ``.csv``.

    Returns:
        One dict a row, in file order, every value a string.
    """
    text = resources.files(package).joinpath("tables", f"{name}.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return list(csv.DictReader(lines))
