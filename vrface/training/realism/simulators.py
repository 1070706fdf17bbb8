"""`write_simulators`: docs/simulators.md and its plots, measured and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from vrface.simulation.simulate import SIMULATION_VERSION
from vrface.simulation.simulators.registry import FAMILIES
from vrface.training.realism.finding import Finding
from vrface.training.realism.measure import FIRST_SEED, SECONDS, WEARERS, measure
from vrface.training.realism.page import (
    BEHAVIOUR_PLOT,
    PAGE,
    PLOTS,
    SENSORS_PLOT,
    Facts,
    simulators_page,
)
from vrface.training.realism.plots import draw_findings
from vrface.training.realism.published import REGIONS
from vrface.training.workers import Watch


def write_simulators(
    output: Path,
    folder: Path,
    paths: Sequence[Path],
    data: Path | None,
    *,
    command: str,
    machine: str,
    wearers: int = WEARERS,
    watch: Watch = lambda name, done: None,
    workers: int = 2,
) -> Path:
    """Measure what is not measured yet, and write the page.

    Args:
        output: The folder that ``simulators.md`` and ``simulators/`` come to be in.
        folder: Where results are kept; another one for other takes or another simulation.
        paths: Real takes of full faces, ``PERSON/TAKE.csv``; may be empty.
        data: The folder of recordings, for sensors that were recorded; None = there is none.
        command: What makes the page again.
        machine: What it is made on.
        wearers: How many to simulate.
        watch: Told how far each job is.
        workers: How many run side by side.

    Returns:
        The page.

    Raises:
        VrfaceError: if a take cannot be read or a job fails.
    """
    found = measure(paths, data, folder, wearers=wearers, watch=watch, workers=workers)
    facts = Facts(
        command=command,
        machine=machine,
        wearers=wearers,
        seed=FIRST_SEED,
        seconds=SECONDS,
        takes=[f"{path.parent.name}/{path.stem}" for path in paths],
        version=SIMULATION_VERSION,
        families=FAMILIES,
        apart=found.apart,
        alone=found.alone,
        untold=found.untold,
        missing=found.missing,
        sensor_wearers=found.sensor_wearers,
    )
    draw(found.groups, f"simulation version {SIMULATION_VERSION}", output / PLOTS)
    page = output / PAGE
    page.write_text(simulators_page(found.groups, facts), encoding="utf-8")
    return page


def draw(groups: Mapping[str, Sequence[Finding]], caption: str, folder: Path) -> None:
    """Draw behaviour and sensors; what there is nothing of leaves no picture.

    Args:
        groups: By title.
        caption: What stands on top.
        folder: Made if it is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, of_face in ((BEHAVIOUR_PLOT, True), (SENSORS_PLOT, False)):
        shown = {one: found for one, found in groups.items() if found}
        shown = {one: found for one, found in shown.items() if (one in REGIONS) == of_face}
        (folder / name).unlink(missing_ok=True)
        if shown:
            draw_findings(shown, caption, folder / name)
