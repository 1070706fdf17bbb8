"""The way to a server: sessions whose model runs elsewhere, and spectators. Never loads JAX."""

from vrface.client.address import DEFAULT_PORT as DEFAULT_PORT
from vrface.client.address import Address as Address
from vrface.client.remote_session import RemoteSession as RemoteSession
from vrface.client.server_file import ServerFile as ServerFile
from vrface.client.watcher import Watcher as Watcher

__all__ = ["DEFAULT_PORT", "Address", "RemoteSession", "ServerFile", "Watcher"]
