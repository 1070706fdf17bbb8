"""A network like `default` in half an hour, from nothing but seeds.

```
vrface train train/recipes/tiny_cpu.py -o out/tiny
```

- Data: 320 synthetic wearers of 40 s, made from their seeds, behind the simulated sensors of
  `eyes_and_mouth`, `vive_pro_eye_lip` and `everything` in turn; 32 of them are held out. No file
  outside the repository, no real face.
- Needs: the extra `train` (scikit-learn), for one of the rivals.
- Hardware: two CPU cores, 4 GB of memory; no GPU.
- Time: 51 minutes beside other work on two slow cores, much of it for the rivals: neighbours,
  trees, a GRU and a TCN, which learn from the same windows in lockstep. `--preset tiny_cpu` trains
  the same network without them: 26 minutes beside other work.
- Promise: CRPS x 1000 of the hidden shapes of `vive_pro_eye_lip`, held-out wearers, unpaired
  calibration: 21.1; a ridge 22.7 (simulated faces, simulated sensors).

To change it, copy this file and say what is different:

```
from dataclasses import replace

def config() -> TrainConfig:
    base = preset("tiny_cpu")
    wearers = replace(base.simulated, wearers=1000, headsets=("mouth_only",))
    return replace(base, simulated=wearers, network=replace(base.network, width=256), steps=5000)
```
"""

from __future__ import annotations

from dataclasses import replace

from vrface.training.config import TrainConfig, preset


def config() -> TrainConfig:
    """The preset, and the rivals that it is measured against."""
    return replace(preset("tiny_cpu"), rivals=("knn", "gbt", "gru", "tcn"))
