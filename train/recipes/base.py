"""The network that ships as `default`, from nothing but seeds.

```
vrface train train/recipes/base.py -o out/base
```

- Data: 1,000 synthetic wearers of 50 s, made from their seeds, behind the simulated sensors of
  `eyes_and_mouth`, `vive_pro_eye_lip` and `everything`, two of nine each, and of `quest_pro`,
  `foam_16` and `emg_8`, one of nine each; 40 of them are held out. No file outside the repository,
  no real face.
- Needs: the extra `train` (scikit-learn), for one of the rivals.
- Hardware: two CPU cores, 10 GB of memory; no GPU.
- Time: from eighty minutes to two hours, as fast as the cores are, with the rivals: neighbours,
  trees, a GRU and a TCN, which learn from the same windows in lockstep. `--preset base` trains
  the same network without them.
- Promise: CRPS x 1000 of the hidden shapes of `vive_pro_eye_lip`, held-out wearers, unpaired
  calibration: 19.2; a ridge 22.1 (simulated faces, simulated sensors). On another machine the
  arithmetic differs in its last digits; the figures come within 1 % of these.

To change it, copy this file and say what is different, as in `tiny_cpu.py`.
"""

from __future__ import annotations

from dataclasses import replace

from vrface.training.config import TrainConfig, preset


def config() -> TrainConfig:
    """How the shipped network was trained, and the rivals that it is measured against."""
    return replace(preset("base"), rivals=("knn", "gbt", "gru", "tcn"))
