"""The model card that travels in a checkpoint: for people who are about to use it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from vrface.sensors.paired import Paired
from vrface.simulation.simulate import SIMULATION
from vrface.training.config import PRESETS, TrainConfig
from vrface.training.evaluate import Report
from vrface.training.held_out_page import score_tables
from vrface.training.logs import split

CARD = """# Network trained on {title}

Infers the blendshapes that a headset hides from its {streams}, each with the spread of its law.

- Learned from: {learned}. {evidence}.
- Network: {parameters:,} parameters; {blocks} x {memory} leaky memories, width {width}.
- Training: {steps} steps of {windows} windows of {frames} frames, AdamW up to a learning rate of
  {learning_rate:g}, seed {seed}. Streams, channels, frame rate, delay and gain of the windows were
  disturbed; `config.json` says how far.
- Predicts: the 54 blendshapes relative to the wearer's resting face. Brows from mouth, lids and
  gaze are a guess, and their spread says so.
- Not for: judging what a person feels, medical use, identifying anyone.

## How good it is

{scores}
## Limits

{limits}
- Sensors other than those named above are not looked at.

## How to make it again

{again}
"""

_READING = """\
On wearers held out: neither this model nor the rivals saw anything of them. Each half of a log is
scored with what the other half calibrates: *none* of it, the sensors alone (*unpaired*), or the
true face too (*paired*). CRPS counts being wrong, and being surer or less sure than one may be;
lower is better.

"""

_SIMULATED_LIMITS = """\
- These figures are of synthetic faces under simulated sensors. They say little of real ones: score
  it on recordings of your own with `vrface evaluate`.
- Synthetic wearers make the expressions that their simulation knows, and no others."""

_RECORDED_LIMITS = """\
- It knows the people, headsets and expressions of its logs; of others it promises nothing."""


def card(
    report: Report, config: TrainConfig, paireds: Sequence[Paired], *, from_logs: bool = False
) -> str:
    """Write a model card, Markdown.

    Args:
        report: Of the model (`vrface.training.held_out`).
        config: How it was trained.
        paireds: Every log of the run, those held out too.
        from_logs: Whether they came from files and not from ``config.simulated``.
    """
    learned, held_out = split(paireds, config.held_out)
    wearers = len({log.wearer for log in learned})
    synthetic = not any(log.real_face for log in learned)
    network = config.network
    return CARD.format(
        title=f"{wearers} synthetic wearers" if synthetic else f"recordings of {wearers} people",
        streams=_listed([name.replace("_", " ") for name in report["model"]["streams"]]),
        learned=_learned(learned, held_out, "" if from_logs else _seeds(config)),
        evidence=_evidence(learned),
        parameters=report["model"]["parameters"],
        blocks=network.blocks,
        memory=network.memory,
        width=network.width,
        steps=config.steps,
        windows=config.windows,
        frames=config.frames,
        learning_rate=config.learning_rate,
        seed=config.seed,
        scores=_scores(report),
        limits=_SIMULATED_LIMITS if synthetic else _RECORDED_LIMITS,
        again=_again(config, from_logs),
    )


def _learned(learned: Sequence[Paired], held_out: Sequence[Paired], seeds: str) -> str:
    seconds = sum(log.truth.seconds for log in learned)
    worn = Counter(log.headset.name for log in learned)
    by_headset = _listed([f"{count} through `{name}`" for name, count in sorted(worn.items())])
    others = len({log.wearer for log in held_out})
    return (
        f"{len(learned)} recordings, {seconds:.0f} s, {by_headset}{seeds}; "
        f"wearers held out: {others}"
    )


def _seeds(config: TrainConfig) -> str:
    first, count = config.simulated.first_seed, config.simulated.wearers
    return f", simulated from the seeds {first} to {first + count - 1} ({SIMULATION})"


def _evidence(learned: Sequence[Paired]) -> str:
    """How much of it is real."""
    faces, sensors = sum(log.real_face for log in learned), sum(log.real_sensors for log in learned)
    face = f"{faces} of them show a real face" if faces else "No real face was used"
    return f"{face}; {f'{sensors} have real sensors' if sensors else 'all sensors are simulated'}"


def _scores(report: Report) -> str:
    if not report["headsets"]:
        return "No held-out recording was long enough, or showed enough of the face, to say.\n"
    return _READING + score_tables(report)


def _again(config: TrainConfig, from_logs: bool) -> str:
    logs = " --logs FOLDER" if from_logs else ""
    alone = replace(config, rivals=())
    names = [name for name, preset in PRESETS.items() if preset == alone]
    if names and not config.rivals:
        return f"`vrface train --preset {names[0]}{logs} -o OUTPUT`."
    by_recipe = f"`vrface train RECIPE{logs} -o OUTPUT`, with a recipe that gives"
    if not names:
        return f"{by_recipe} the `training` of `config.json`."
    rivals = ", ".join(f'"{name}"' for name in config.rivals)
    rivals += "," if len(config.rivals) == 1 else ""
    return (
        f'{by_recipe}\n`replace(preset("{names[0]}"), rivals=({rivals}))`. '
        f"The network alone: `--preset {names[0]}`."
    )


def _listed(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
