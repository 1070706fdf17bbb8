"""`Evaluation`: the takes of one kind of evidence, headset and calibration, and their averages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from vrface.model.checkpoint import LEARNED_RIVALS
from vrface.training.averages import Groups, counted, over_persons, summary
from vrface.training.words import BEST, spaced

OURS = "model"
NEUTRAL = "neutral"
CEILING = "personal"
"""The ceiling C: a model of this very person, from other parts of the same take."""

A_WAY = 0.05
"""Shares of less than this of B's error are no way that could be gone."""

_NAMES = {
    OURS: "**this model**",
    BEST: "**B**",
    CEILING: "ceiling C: personal",
    "personal_noncausal": "ceiling: personal, sees ahead",
    "label_noise": "ceiling: label noise",
}


@dataclass(frozen=True)
class Evaluation:
    """All takes of one kind of evidence through one headset under one calibration.

    Attributes:
        takes: As evaluations give them.
        summary: Of all of them together.
    """

    takes: Sequence[Mapping[str, Any]]
    summary: Mapping[str, Any]

    @classmethod
    def of(cls, takes: Sequence[Mapping[str, Any]]) -> Evaluation:
        """Average some takes."""
        return cls(takes, summary(takes))

    @property
    def best(self) -> str | None:
        """Which rival is B here, by name."""
        names = {take["rivals"].get(BEST, {}).get("name") for take in counted(self.takes)[0]}
        return names.pop() if len(names) == 1 else None

    @property
    def hindsight(self) -> tuple[str, float] | None:
        """The simple rival that was best on these very takes, and its error: no bar, a warning."""
        simple = [name for name in self.rivals() if name not in LEARNED_RIVALS]
        errors = {name: value for name in simple if (value := self.error(name)) is not None}
        return min(errors.items(), key=lambda one: one[1], default=None)

    def methods(self) -> dict[str, Groups]:
        """The groups of the model, of B, of every rival and of the ceilings, in that order."""
        rivals = dict(self.summary["rivals"])
        best = rivals.pop(BEST, None)
        ceilings = self.summary.get("ceilings", {})
        found = {OURS: self.summary["groups"]}
        found |= {BEST: best["groups"]} if best is not None else {}
        return found | {name: one["groups"] for name, one in {**rivals, **ceilings}.items()}

    def rivals(self) -> list[str]:
        """All rivals that every take has, `BEST` left out: it is one of them."""
        return [name for name in self.summary["rivals"] if name != BEST]

    def judged(self) -> list[str]:
        """What short tables list: the model, B, the neutral face, and C where it is a ceiling."""
        named = [OURS, BEST, NEUTRAL, *([CEILING] if self.has_ceiling else [])]
        return [name for name in named if name in self.methods()]

    def metric(self, method: str, group: str, name: str) -> float | None:
        """A metric of a method."""
        return figure(self.methods().get(method, {}), group, name)

    def error(self, method: str) -> float | None:
        """CRPS of a method over all hidden shapes."""
        return self.metric(method, "hidden", "crps")

    @property
    def beside_best(self) -> float | None:
        """Error of the model over that of B."""
        ours, best = self.error(OURS), self.error(BEST)
        return ours / best if ours is not None and best else None

    def beside(self, rival: str) -> tuple[float | None, float | None, float | None]:
        """Error of the model over that of a rival, and the ends of the interval over persons."""
        found = (self.summary.get("against") or {}).get(rival) or {}
        return figure(found, "ratio"), figure(found, "low"), figure(found, "high")

    @property
    def beyond_chance(self) -> bool | None:
        """Whether the interval of the error beside that of B leaves 1 out; None = there is none."""
        _, low, high = self.beside(BEST)
        return None if low is None or high is None else low > 1.0 or high < 1.0

    @property
    def rank(self) -> tuple[int, int] | None:
        """The model's place by error, and among how many; None = it has no error.

        Every rival that all takes have counts, those too that B is not chosen from.
        """
        ours = self.error(OURS)
        known = [value for name in self.rivals() if (value := self.error(name)) is not None]
        if ours is None:
            return None
        return 1 + sum(value < ours for value in known), 1 + len(known)

    @property
    def has_ceiling(self) -> bool:
        """Whether C is one: its error is below that of B, or there is no B."""
        ceiling, best = self.error(CEILING), self.error(BEST)
        return ceiling is not None and (best is None or ceiling < best)

    @property
    def closed(self) -> float | None:
        """How much of the way from B to the ceiling the model has gone.

        None where one of the two is not known, or where there is hardly a way: the ceiling is not
        below B by `A_WAY` of its error.
        """
        ours, best, ceiling = (self.error(name) for name in (OURS, BEST, CEILING))
        if ours is None or best is None or ceiling is None or ceiling > (1.0 - A_WAY) * best:
            return None
        return (best - ours) / (best - ceiling)

    def persons(self) -> dict[str, Evaluation]:
        """The same of each person alone."""
        takes = counted(self.takes)[0]
        names = dict.fromkeys(take["person"] for take in takes)
        return {
            name: Evaluation.of([take for take in takes if take["person"] == name])
            for name in names
        }

    def channels(self) -> Groups:
        """The model's figures by channel, those that every take has."""
        takes = counted(self.takes)[0]
        return over_persons([(take["person"], take["channels"]) for take in takes])


Evaluations: TypeAlias = Mapping[str, Mapping[str, Evaluation]]
"""Of one kind of evidence: headset -> calibration -> evaluation."""


def name_of(method: str) -> str:
    """What tables call a method."""
    return _NAMES.get(method, spaced(method))


def under(evaluations: Evaluations, mode: str) -> list[tuple[str, Evaluation]]:
    """Headset and evaluation of those under one calibration."""
    return [(name, modes[mode]) for name, modes in evaluations.items() if mode in modes]


def figure(found: Mapping[str, Any], *path: str) -> float | None:
    """A figure of a nested mapping; None where it, or anything on the way to it, is not there."""
    value: Any = found
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return None if value is None else float(value)
