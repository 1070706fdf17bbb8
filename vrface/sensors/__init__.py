"""What a headset senses: channels, headset profiles, sensor frames and their alignment."""

from vrface.sensors.frame import Sample as Sample
from vrface.sensors.frame import SensorFrame as SensorFrame
from vrface.sensors.headset import HeadsetProfile as HeadsetProfile
from vrface.sensors.headset import Stream as Stream
from vrface.sensors.headset import headset as headset

__all__ = ["HeadsetProfile", "Sample", "SensorFrame", "Stream", "headset"]
