"""Where trackers, model and outputs meet: sessions, and the frame path in columns."""

from vrface.session.session import Session as Session

__all__ = ["Session"]
