"""Who allowed a face to be used, for what: taken as a value by every door into vrface."""

from vrface.trust.permission import Permission as Permission

__all__ = ["Permission"]
