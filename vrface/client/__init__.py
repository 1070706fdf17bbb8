"""The way to a server: sessions whose model runs elsewhere, spectators, readers of frame blocks.

Never loads JAX.
"""

from vrface.client.face_reader import FaceReader as FaceReader
from vrface.client.face_receiver import FaceReceiver as FaceReceiver
from vrface.client.remote_session import RemoteSession as RemoteSession
from vrface.client.server_file import ServerFile as ServerFile
from vrface.client.watcher import Watcher as Watcher

__all__ = ["FaceReader", "FaceReceiver", "RemoteSession", "ServerFile", "Watcher"]
