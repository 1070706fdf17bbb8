"""Simulation version 1: sensors of a simulated wearer's headset, one kind a file."""
