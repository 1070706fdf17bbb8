"""What a server's own figures say of how it is: findings, worst first, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from prometheus_client.parser import text_string_to_metric_families

FRAME_S = 1 / 90
"""A frame at 90 Hz."""

FEW = 100
"""Of fewer faces nothing can be said."""


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be.

    Attributes:
        what: Is so, with its figures.
        advice: What to do about it.
    """

    what: str
    advice: str

    def __str__(self) -> str:
        return f"{self.what} {self.advice}"


@dataclass(frozen=True)
class Figures:
    """A server's figures.

    Attributes:
        values: Counters and gauges, by name without ``vrface_``.
        stages: Of each stage how many durations were at most how many seconds, in order.
    """

    values: Mapping[str, float]
    stages: Mapping[str, list[tuple[float, float]]] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Figures:
        """Read Prometheus' text format.

        Args:
            text: As ``/metrics`` or `GetServerInfo` gives it; what is unknown in it is passed over.
        """
        values: dict[str, float] = {}
        stages: dict[str, list[tuple[float, float]]] = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                name = sample.name.removeprefix("vrface_")
                if name == "stage_seconds_bucket":
                    bound = float(sample.labels["le"])
                    stages.setdefault(sample.labels["stage"], []).append((bound, sample.value))
                elif not sample.labels:
                    values[name.removesuffix("_total")] = sample.value
        return cls(values, stages)

    def __getitem__(self, name: str) -> float:
        """One of them; 0 if it is not told."""
        return self.values.get(name, 0.0)

    def beyond(self, stage: str, seconds: float) -> float:
        """Share of a stage's durations above one of its bounds, seconds; 0 where they are few."""
        bins = self.stages.get(stage, [])
        every = bins[-1][1] if bins and bins[-1][1] >= FEW else 0.0
        within = max((count for bound, count in bins if bound <= 1.001 * seconds), default=0.0)
        return 1.0 - within / every if every else 0.0

    def share(self, part: str, whole: str) -> float:
        """How much of one counter another one is; 0 where there is little of it."""
        return self[part] / self[whole] if self[whole] >= FEW else 0.0


def findings(figures: Figures) -> Iterator[Finding]:
    """What is not as it should be with a server."""
    if figures["calls_failed"]:
        yield Finding(
            f"{figures['calls_failed']:.0f} calls failed by a fault of the server.",
            "Its log names each; please report it.",
        )
    if figures["busy_ratio"] > 0.7:
        yield Finding(
            f"The model takes {figures['busy_ratio']:.0%} of the time.",
            "Use fewer wearers, a second server, or a machine with AVX-512.",
        )
    late = figures.beyond("answer", FRAME_S)
    if late > 0.02 and figures["faces"] >= FEW:
        yield Finding(
            f"{late:.0%} of the faces took longer than a frame at 90 Hz.", _where(figures)
        )
    stuck = figures.beyond("loop", 0.005)
    if stuck > 0.02:
        yield Finding(
            f"The server was kept from its work for more than 5 ms in {stuck:.0%} of looks.",
            "Another program has the processor: give the server a core of its own.",
        )
    yield from _of_clients(figures)


def _where(figures: Figures) -> str:
    """Which stage it is that takes long."""
    shares = {
        "waiting for their step": figures.beyond("queue", 0.005),
        "the step": figures.beyond("step", 0.005),
        "writing the message": figures.beyond("encode", 0.001),
    }
    worst = max(shares, key=lambda stage: shares[stage])
    if shares[worst] <= 0.01:
        return "None of the server's stages is slow: clients take their faces late."
    return f"Most of it is {worst}."


def _of_clients(figures: Figures) -> Iterator[Finding]:
    room, refused = figures["sessions_max"], figures["calls_refused"]
    if room and figures["sessions"] >= room:
        yield Finding(
            f"All {room:.0f} sessions are taken, and {refused:.0f} calls were refused so far.",
            "Start it with a higher --max-sessions, or start another one.",
        )
    if (away := figures["sessions_turned_away"]) and figures["sessions"] < room:
        yield Finding(
            f"{away:.0f} sessions were refused though there is room: too many at once or too busy.",
            "Start another one, or this one with a higher --max-opens or --max-busy.",
        )
    if (share := figures.share("frames_overtaken", "frames")) > 0.05:
        yield Finding(
            f"{share:.0%} of the frames were overtaken before their step.",
            "Clients send faster than they take faces, or acknowledge late.",
        )
    if streams := figures["streams_flooded"]:
        yield Finding(
            f"{streams:.0f} streams were ended because they sent far more than they may.",
            "Clients send one frame for each that is displayed, or --max-rate is too low.",
        )
    if (share := figures.share("streams_held", "faces")) > 0.05:
        yield Finding(
            f"Clients had to wait for {share:.0%} of the faces: they ask for more than they may.",
            "Send one frame for each that is displayed, or start it with a higher --max-rate.",
        )
    if (share := figures.share("frames_ignored", "frames")) > 0.01:
        yield Finding(
            f"{share:.0%} of the frames came out of order.",
            "A client's sequence does not count up, or two senders share a session.",
        )
    if (share := figures.share("frames_late", "frames")) > 0.01:
        yield Finding(
            f"{share:.0%} of the frames were past the deadline that their client asked for.",
            "The network stalls, or the deadline is too near.",
        )
    opened = figures["sessions_opened"]
    if opened >= 5 and figures["sessions_vanished"] / opened > 0.2:
        yield Finding(
            f"{figures['sessions_vanished']:.0f} of {opened:.0f} sessions ended without End.",
            "Clients crash, or their network breaks off.",
        )
