"""Sensor logs: what a headset sensed and the face behind it, as MCAP files of the wire's messages.

One log is one wearer: erasing somebody is deleting a file.
"""

from vrface.log.calibrated import Calibrated as Calibrated
from vrface.log.entry import Entry as Entry
from vrface.log.event import Event as Event
from vrface.log.event import EventKind as EventKind
from vrface.log.header import LogHeader as LogHeader
from vrface.log.reader import LogReader as LogReader
from vrface.log.recording import read_paired as read_paired
from vrface.log.recording import read_sensors as read_sensors
from vrface.log.recording import write_paired as write_paired
from vrface.log.recording import write_sensors as write_sensors
from vrface.log.recording import write_take as write_take
from vrface.log.sink import ByteSink as ByteSink
from vrface.log.sink import FileSink as FileSink
from vrface.log.writer import LogWriter as LogWriter

__all__ = [
    "ByteSink",
    "Calibrated",
    "Entry",
    "Event",
    "EventKind",
    "FileSink",
    "LogHeader",
    "LogReader",
    "LogWriter",
    "read_paired",
    "read_sensors",
    "write_paired",
    "write_sensors",
    "write_take",
]
