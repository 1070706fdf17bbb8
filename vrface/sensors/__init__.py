"""What a headset senses: channels, headset profiles, sensor frames and their alignment."""

from vrface.sensors.frame import Sample as Sample
from vrface.sensors.frame import SensorFrame as SensorFrame
from vrface.sensors.headset import HeadsetProfile as HeadsetProfile
from vrface.sensors.headset import headset as headset
from vrface.sensors.stream import Stream as Stream

__all__ = ["HeadsetProfile", "Sample", "SensorFrame", "Stream", "headset"]
