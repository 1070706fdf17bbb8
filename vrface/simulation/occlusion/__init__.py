"""Evaluation sensors version 1: a simulated headset on any recorded face. Frozen."""
