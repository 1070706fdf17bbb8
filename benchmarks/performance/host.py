"""How restless the host is: what sleeps longer than asked says so, whoever is measured."""

from __future__ import annotations

import time

import numpy as np

NAP_S, NAPS = 0.001, 300

NOISY_US = 1000.0
"""A host on which one nap in a hundred is later than this disturbs what is measured on it."""


def jitter_us() -> float:
    """How much later than asked, microseconds, all but one in a hundred naps end."""
    late = np.empty(NAPS)
    for number in range(NAPS):
        began = time.perf_counter()
        time.sleep(NAP_S)
        late[number] = time.perf_counter() - began - NAP_S
    return float(np.percentile(late, 99) * 1e6)
