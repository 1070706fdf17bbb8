"""A held-out report made by hand: figures that a test can find again."""

from vrface.training.averages import METRICS


def metrics(crps, **others):
    return dict.fromkeys(METRICS) | {"crps": crps} | others


def summary(ours, ridge, coverage=0.9, extra=None):
    def groups(crps):
        return {
            "hidden": metrics(crps, coverage90=coverage, active_skill=0.4, sd_ratio=0.8, lag_ms=21),
            "brow": metrics(2 * crps),
            "cheek": metrics(crps / 2),
        }

    rivals = {"neutral": 0.03, "ridge": ridge, **(extra or {})}
    scored = {name: {"groups": groups(crps)} for name, crps in rivals.items()}
    scored["best"] = {"name": "ridge", "groups": groups(ridge)}
    return {"persons": 6, "takes": 12, "groups": groups(ours), "rivals": scored}


def report(label="simulated face, simulated sensors"):
    return {
        "protocol": "1-draft",
        "model": {"name": "mine", "streams": ["mouth_tracker", "lids"], "parameters": 612_345},
        "held_out": {"wearers": 32, "logs": 32},
        "seed": 3,
        "headsets": [
            {
                "headset": "vive_pro_eye_lip",
                "evidence": label,
                "wearers": 6,
                "seconds": 240.2,
                "calibration_s": 19.98,
                "calibrations": {
                    "none": summary(0.0201, 0.0252, coverage=0.80),
                    "unpaired": summary(0.0148, 0.0185),
                    "paired": summary(0.0142, 0.0181, extra={"ridge_user": 0.0139}),
                },
                "tiers": {"mouth_only": summary(0.0171, 0.0199, coverage=0.97)},
            }
        ],
    }
