"""Where sensor frames come from: headsets, logs, and wearers who do not exist."""

from vrface.trackers.tracker import TRACKERS as TRACKERS
from vrface.trackers.tracker import Tracker as Tracker
from vrface.trackers.tracker import open_tracker as open_tracker

__all__ = ["TRACKERS", "Tracker", "open_tracker"]
