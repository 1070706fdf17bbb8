"""The lively stream: a seeded draw from each inferred weight's law that moves as a face does."""
