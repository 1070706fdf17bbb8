"""The field: all rivals in the order that reports list them, their laws, and the best of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from vrface.model.calibration import Arrays, Mode
from vrface.training.case import Case
from vrface.training.rivals import neighbours, networks, trees
from vrface.training.rivals.calibration import calibration_climatology
from vrface.training.rivals.constants import climatology, hold_last, neutral
from vrface.training.rivals.copy_rule import copy_rule
from vrface.training.rivals.law import Predictive
from vrface.training.rivals.offset import with_offset
from vrface.training.rivals.pool import POOLS, pools_of
from vrface.training.rivals.ridge import ridge
from vrface.training.rivals.rival import Rival
from vrface.training.rivals.user_update import ridge_user

LIGHT = (
    Rival("neutral", neutral, fixed=True),
    Rival("climatology", climatology, fixed=True),
    Rival("calibration_climatology", calibration_climatology, paired=True, fixed=True),
    Rival("copy_rule", copy_rule),
    Rival("copy_rule_offset", with_offset(copy_rule), paired=True),
    Rival("hold_last", hold_last, paired=True),
    Rival("ridge", ridge),
    Rival("ridge_offset", with_offset(ridge), paired=True),
    Rival("ridge_user", ridge_user, paired=True),
)
"""Those that every checkpoint has, and that stand on their own."""

LEARNED = (
    Rival("knn", neighbours.draft, learned=True),
    Rival("gbt", trees.draft, learned=True),
    Rival("gru", partial(networks.draft, "gru"), learned=True, judged=False),
    Rival("tcn", partial(networks.draft, "tcn"), learned=True, judged=False),
)
"""Those that a training run may be asked for."""

CONTENDERS = (*(rival.name for rival in LIGHT), *POOLS)
"""Who may be the best, as far as the mode allows: a model that learned as much is no bar that is
cheap to clear."""


def laws_of(arrays: Arrays, case: Case) -> dict[str, Predictive]:
    """What each rival says of a case: those that the checkpoint has and the mode allows.

    Args:
        arrays: A checkpoint's rivals.
        case: A recording under one mode.

    Returns:
        Laws by rival, `LIGHT` first, then their pools, then those of `LEARNED`.
    """
    light = {rival.name: rival.law(arrays, case) for rival in LIGHT if allows(case, rival)}
    there = (rival for rival in LEARNED if rival.named("line") in arrays)
    learned = {rival.name: rival.law(arrays, case) for rival in there}
    return {**light, **pools_of(arrays, light, case.mode), **learned}


def allows(case: Case, rival: Rival) -> bool:
    """Whether a rival has all that it needs."""
    return case.seen is not None or not rival.paired


def best_of(config: Mapping[str, Any], headset: str, mode: Mode) -> str | None:
    """The rival with the least mean CRPS on the training wearers.

    Args:
        config: Of a checkpoint.
        headset: Its name; of a tier of a headset ("X as Y") the tier counts.
        mode: Of the calibration.

    Returns:
        Its name: the best behind that headset, or over all that was trained on where that one was
        not; None where nothing is known.
    """
    by_mode = config.get("best_rival")
    by_headset = by_mode.get(mode) if isinstance(by_mode, Mapping) else None
    if not isinstance(by_headset, Mapping):
        return None
    worn = headset.rpartition(" as ")[2]
    name = by_headset.get(worn, by_headset.get(""))
    return name if name in CONTENDERS else None
