"""Training and judging models: what is scored, how, and against which rivals."""
