"""Sensor logs: what a headset sensed and the face behind it, as MCAP files of the wire's messages.

One log is one wearer: erasing somebody is deleting a file.
"""

from vrface.log.entry import Entry as Entry
from vrface.log.header import LogHeader as LogHeader
from vrface.log.reader import LogReader as LogReader
from vrface.log.recording import read_paired as read_paired
from vrface.log.recording import write_paired as write_paired
from vrface.log.recording import write_take as write_take
from vrface.log.sink import ByteSink as ByteSink
from vrface.log.sink import FileSink as FileSink
from vrface.log.writer import LogWriter as LogWriter

__all__ = [
    "ByteSink",
    "Entry",
    "FileSink",
    "LogHeader",
    "LogReader",
    "LogWriter",
    "read_paired",
    "write_paired",
    "write_take",
]
