"""`Metrics`: what a server does, as Prometheus reads it. No name, no face, no session is in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)

from vrface.serving.pulse import Pulse
from vrface.serving.stats import BOUNDS_US, Durations, Stats

if TYPE_CHECKING:
    from vrface.model.model import Model

COUNTERS = {
    "opened": ("sessions_opened", "Sessions that began."),
    "ended": ("sessions_ended", "Sessions that said End."),
    "vanished": ("sessions_vanished", "Sessions whose client was gone without one."),
    "refused": ("calls_refused", "Calls answered with an error that was foreseen."),
    "turned_away": ("sessions_turned_away", "Opens for whom there was no room, or not so soon."),
    "flooded": ("streams_flooded", "Streams that sent far beyond their rate, and were ended."),
    "failed": ("calls_failed", "Calls answered with INTERNAL."),
    "frames": ("frames", "Sensor frames that came in."),
    "overtaken": ("frames_overtaken", "Frames replaced by a newer one before their step."),
    "ignored": ("frames_ignored", "Frames out of order."),
    "held": ("streams_held", "Times a stream that asks for too many faces had to wait."),
    "late": ("frames_late", "Frames past their deadline."),
    "models_replaced": ("models_replaced", "Models that took the place of another."),
    "models_refused": ("models_refused", "Models that were to, and were refused."),
    "models_given_up": ("models_given_up", "Models that failed, and the old one took over."),
    "faces": ("faces", "Faces that were inferred."),
}
"""Name and meaning of each counter of `Stats`."""

STAGES = ("queue", "step", "encode", "answer", "loop")
"""Durations of `Stats`, each a label of one histogram."""


class Serving(Protocol):
    """What is told of a server beside its `Stats`."""

    @property
    def models(self) -> Mapping[str, Model]:
        """What it infers with, by name."""
        ...

    @property
    def sessions(self) -> int:
        """How many there are."""
        ...

    @property
    def room(self) -> int:
        """How many there may be."""
        ...

    @property
    def busy(self) -> float:
        """Share of time, of late, that went into steps."""
        ...

    @property
    def pulse(self) -> Pulse:
        """How it has been of late."""
        ...


class Metrics:
    """Reads a server's numbers when it is asked for them; frames pay nothing for it.

    Args:
        stats: The server's counters.
        serving: The server.
    """

    def __init__(self, stats: Stats, serving: Serving) -> None:
        self._stats, self._serving = stats, serving
        self.registry = CollectorRegistry()
        self.registry.register(self)
        ProcessCollector(registry=self.registry)

    def text(self) -> str:
        """All of it, in Prometheus' text format."""
        return generate_latest(self.registry).decode()

    @property
    def _compiled(self) -> int:
        return min(max(model.warm(), default=0) for model in self._serving.models.values())

    def collect(self) -> Iterator[Metric]:
        """The families, as `prometheus_client` asks for them."""
        for field, (name, meaning) in COUNTERS.items():
            yield CounterMetricFamily(f"vrface_{name}", meaning, getattr(self._stats, field))
        pulse = self._serving.pulse
        for name, meaning, value in (
            ("sessions", "Sessions that are open.", self._serving.sessions),
            ("sessions_max", "Sessions that there is room for.", self._serving.room),
            (
                "step_wearers_max",
                "Most wearers of one step by now.",
                self._compiled,
            ),
            ("busy_ratio", "Share of time that goes into steps.", self._serving.busy),
            ("loop_busy_ratio", "Share of time that the event loop computes.", pulse.busy),
            ("late_ratio", "Share of the faces, of late, that were not on time.", pulse.late),
        ):
            yield GaugeMetricFamily(f"vrface_{name}", meaning, value)
        stages = HistogramMetricFamily(
            "vrface_stage_seconds", "How long a frame takes, by stage.", labels=["stage"]
        )
        for stage in STAGES:
            durations: Durations = getattr(self._stats, stage)
            stages.add_metric([stage], _buckets(durations), durations.sum_us / 1e6)
        yield stages
        models = InfoMetricFamily("vrface_model", "What it infers with.", labels=["model"])
        for name, model in self._serving.models.items():
            models.add_metric([name], {"digest": model.digest.hex()})
        yield models


def _buckets(durations: Durations) -> list[tuple[str, float]]:
    """Upper ends in seconds, and how many were at most that long."""
    ends = [*(str(bound / 1e6) for bound in BOUNDS_US), "+Inf"]
    told, so_far = [], 0
    for end, count in zip(ends, durations.bins, strict=True):
        so_far += count
        told.append((end, float(so_far)))
    return told
