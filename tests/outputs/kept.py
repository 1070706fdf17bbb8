"""A sink that tests look into."""

from __future__ import annotations


class Kept:
    """A sink that keeps what it is given."""

    def __init__(self, name: str = "kept", error: Exception | None = None) -> None:
        self.name, self.error = name, error
        self.blocks: list[tuple[str, bytes]] = []
        self.ended: list[str] = []
        self.beats = self.closed = 0

    def publish(self, session_id: str, block: bytes) -> None:
        if self.error is not None:
            raise self.error
        self.blocks.append((session_id, block))

    def end(self, session_id: str) -> None:
        self.ended.append(session_id)

    def beat(self) -> None:
        self.beats += 1

    def close(self) -> None:
        self.closed += 1
