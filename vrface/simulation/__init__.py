"""A wearer who does not exist, and headsets that sense a face they do not cover."""

from vrface.simulation.occlusion.wear import wear as wear
from vrface.simulation.performance import Performance as Performance
from vrface.simulation.performance import perform as perform
from vrface.simulation.performance import synthetic_take as synthetic_take
from vrface.simulation.wearer import Wearer as Wearer

__all__ = ["Performance", "Wearer", "perform", "synthetic_take", "wear"]
