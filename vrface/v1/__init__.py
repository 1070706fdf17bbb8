"""Generated from proto/vrface/v1 by `make proto`: never edit."""
