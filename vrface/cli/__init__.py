"""The command line: `vrface VERB`, one verb a file."""

import os

# OpenBLAS's threads spin while they wait for each other: on a busy machine that costs a hundred
# times what they save, and our products are small. It reads this once, when NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
