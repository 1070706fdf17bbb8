"""`in_one_thread`: how a process computes that takes frame after frame and trains nothing."""

from __future__ import annotations

import os

NAMES = ("PJRT_NPROC", "NPROC")
"""What XLA's CPU client reads its number of threads from, the first that is there
(`DefaultThreadPoolSize` in xla/pjrt/utils.cc)."""


def in_one_thread() -> None:
    """Let steps be computed in one thread, unless the user has said in how many.

    The arrays of a step are small: handing parts of it to other threads takes a tenth or so more of
    a processor and is hardly quicker (`python -m benchmarks.threads`). It counts where JAX has
    computed nothing in this process yet. Faces are the same, to the bit.
    """
    if os.environ.keys().isdisjoint(NAMES):
        os.environ[NAMES[0]] = "1"
