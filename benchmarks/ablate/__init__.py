"""Ablations: what each part of the network and of its training is worth."""
