"""`whole`: pictures and videos are there as a whole or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vrface.errors import VrfaceError


@contextmanager
def whole(path: Path, *, private: bool = False) -> Iterator[Path]:
    """Another name beside `path` to write to, which gets its own at the end.

    A file that is there is replaced then, and stays as it was if anything fails before.

    Args:
        path: Where to; its folder must exist.
        private: Whether only the owner may read it.

    Raises:
        VrfaceError: if it cannot be written; then nothing is kept.
    """
    # What writes a video tells its kind by how the name ends.
    part = path.with_name(f".{path.stem}.{secrets.token_hex(4)}.part{path.suffix}")
    try:
        # What is wrong with the place is said here, by name.
        part.touch(0o600 if private else 0o666)
        yield part
        part.replace(path)
    except OSError as error:
        raise VrfaceError(
            f"cannot write {path}: {error.strerror or error}.",
            "Nothing is kept of it. Give another place.",
        ) from None
    finally:
        part.unlink(missing_ok=True)
