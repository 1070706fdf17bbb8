"""A network of about three times the weights of `base`, on the same data: for a graphics card.

```
vrface train train/recipes/medium.py -o out/medium
```

- Data, needs: as `base.py`.
- Hardware: a GPU, or two CPU cores and patience; 10 GB of memory.
- Time: not measured.
- Promise: none. It was never trained to its end; when you do, its held-out report
  (`run/report.md`) is the one to believe.
"""

from __future__ import annotations

from dataclasses import replace

from vrface.training.config import TrainConfig, preset


def config() -> TrainConfig:
    """A larger network, and the rivals that it is measured against."""
    return replace(preset("medium"), rivals=("knn", "gbt", "gru", "tcn"))
