"""A wearer who does not exist, and headsets that sense a face they do not cover."""

from vrface.simulation.behaviour import synthetic_take as synthetic_take
from vrface.simulation.occlusion import wear as wear
from vrface.simulation.wearer import Wearer as Wearer

__all__ = ["Wearer", "synthetic_take", "wear"]
