"""The wire format and its translation to vrface's words: the only place that knows `vrface.v1`."""
