"""The least that runs, and results as runs would leave them."""

from dataclasses import replace

from benchmarks.ablate.judging import evidences
from benchmarks.ablate.variants import VARIANTS, Settings, small
from vrface.model.config import NetworkConfig
from vrface.model.layers import Network
from vrface.training.config import preset

NETWORK = NetworkConfig(
    width=32, encoder_width=8, slot_width=4, blocks=1, memory=8, hidden=8, code_width=4
)


def tiny() -> Settings:
    """Two steps, four wearers."""
    config = replace(small(preset("base")), network=NETWORK, steps=2, windows=4, frames=64)
    wearers = replace(config.simulated, wearers=6, seconds=6.0)
    return Settings(
        config=replace(config, simulated=wearers, warm_up=1),
        apart=2,
        donnings=1,
        judged=2,
        seconds=47.0,
        calibrates=5.0,
        rates_hz=(90.0,),
        calls=100,
    )


FIGURES = {"coverage90": 0.9, "crps_active": 0.08, "crps_neutral": 0.03, "crps_neutral_active": 0.1}


def entries(crps: float, persons: int = 6) -> list[dict]:
    """Recordings of some persons, whose error grows from one to the next."""
    from vrface.training.averages import METRICS

    return [
        {
            "person": f"person-{number}",
            "name": "take",
            "groups": {
                "hidden": {
                    **dict.fromkeys(METRICS),
                    **FIGURES,
                    "crps": crps * (1.0 + 0.1 * number),
                    "active_skill": 0.2,
                }
            },
            "shapes": {"browDownLeft": crps, "cheekSquintLeft": 2.0 * crps * crps},
        }
        for number in range(persons)
    ]


def results(settings: Settings, real: bool, taught: bool = True) -> dict:
    """Everything that runs and judging leave; each row's error is by its place.

    Args:
        settings: Of all runs.
        real: Whether there are real faces.
        taught: Whether they taught.
    """
    run = {
        "parameters": 1000,
        "steps": 2,
        "seconds": 24.0,
        "loss": 0.03,
        "models": 1,
        "cpu_s": 60.0,
    }
    found: dict[str, dict] = {
        f"run-{name}": run
        for name, variant in VARIANTS.items()
        if (real and taught) or variant.faces == "simulated"
    }
    steps = {"us": 100.0, "ratio": 1.02, "low": 1.0, "high": 1.04}
    found["steps"] = {
        name: steps for name, one in VARIANTS.items() if one.kind is not Network or name == "base"
    }
    for faces in (False, True) if real else (False,):
        for evidence in evidences(settings, faces, taught):
            found[evidence.name] = {
                look.row: entries(0.03 + 0.001 * number)
                for number, look in enumerate(evidence.looks)
            }
    return found
