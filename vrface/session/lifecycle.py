"""`Life`: a session from its Open to its End, as a state machine without clock, chance or I/O.

Whoever drives it tells what happened and when (`frame`, `acknowledge`, `shown`, `go_away`, `end`,
`vanish`), and asks what is to be done (`next`) until nothing is; `wake_ns` says when to ask again
though nothing happened. So the same code runs under a server and under a simulator that invents
thousands of clients, and whatever went wrong there goes wrong again.

```
  OPEN      go_away                                  -> LEAVING   served on, until it leaves
  OPEN      end, vanish, nothing heard for long      -> ENDING    what waits is shown yet
  LEAVING   the same, and its grace is over          -> ENDING
  ENDING    the frame that waits was shown, if credit
            allowed, and Finish was given            -> ENDED     nothing comes after it
```
Times are nanoseconds of one monotonic clock of whoever drives it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from vrface.sensors.frame import SensorFrame
from vrface.sensors.headset import HeadsetProfile
from vrface.session.gate import FrameGate
from vrface.session.inbox import Credit, Inbox
from vrface.wire.notice_code import Code

IDLE_NS = 60_000_000_000
"""A client that sent nothing for so long is gone, whatever its connection says: keepalive finds a
dead machine within seconds, this finds a live one that forgot its session."""

KEEP_NS = 1_000_000_000
"""How often a session that shows faces gives a resume token."""

_SAID_ONCE = {Code.FRAME_ORDER, Code.FRAME_TIME, Code.SAMPLE}


class State(Enum):
    """Where a session is in its life."""

    OPEN = auto()
    LEAVING = auto()
    """It was asked to go elsewhere, and is served until it does."""
    ENDING = auto()
    """What waits is still shown, then it is over."""
    ENDED = auto()


@dataclass(frozen=True)
class Tell:
    """Say a notice.

    Attributes:
        code: Which.
    """

    code: Code


@dataclass(frozen=True)
class GoAway:
    """Ask the client to leave.

    Attributes:
        reason: Why.
        grace_ns: How long it is served yet.
        endpoint: Where to go; empty = back here in a moment.
    """

    reason: str
    grace_ns: int
    endpoint: str = ""


@dataclass(frozen=True)
class Show:
    """Infer the face of a frame, send it, and say so with `Life.shown`.

    Attributes:
        frame: With the samples of the frames it overtook.
        queue_ns: How long it waited.
    """

    frame: SensorFrame
    queue_ns: int


@dataclass(frozen=True)
class Keep:
    """Give the client what it takes to go on elsewhere: a resume token."""


@dataclass(frozen=True)
class Finish:
    """Say End: nothing comes after it.

    Attributes:
        reason: Why.
    """

    reason: str


Output: TypeAlias = Tell | GoAway | Show | Keep | Finish


class Life:
    """One session.

    Args:
        headset: Whose streams its frames refer to.
        now_ns: When it began.
        window: Unacknowledged faces allowed; 0 = no limit.
        deadline_us: A frame that waited longer is kept for its samples only; 0 = none.
        idle_ns: How long a client may be silent.

    Attributes:
        state: Where it is.
        vanished: Whether the client was gone without a word.
        frames: How many came.
        ignored: How many of them were out of order.
        overtaken: How many were replaced by a newer one before anybody asked for them.
        late: How often one was past its deadline when asked for.
    """

    def __init__(
        self,
        headset: HeadsetProfile,
        now_ns: int,
        *,
        window: int = 0,
        deadline_us: int = 0,
        idle_ns: int = IDLE_NS,
    ) -> None:
        self.state = State.OPEN
        self.vanished = False
        self.frames = self.ignored = 0
        self._gate = FrameGate(headset)
        self._inbox = Inbox(deadline_us)
        self._credit = Credit(window)
        self._idle_ns = idle_ns
        self._heard_ns = now_ns
        # By code: a client that floods us with requests makes no queue of answers.
        self._untold: dict[Code, None] = {}
        self._told: set[Code] = set()
        self._keep_due_ns: int | None = None
        self._going: GoAway | None = None
        self._leaves_ns: int | None = None
        self._ending = ""
        self._showing = False

    @property
    def overtaken(self) -> int:
        """How many frames were replaced by a newer one before anybody asked for them."""
        return self._inbox.overtaken

    @property
    def late(self) -> int:
        """How often a frame was past its deadline when asked for."""
        return self._inbox.late

    def frame(self, frame: SensorFrame, now_ns: int) -> None:
        """A frame came."""
        self._heard_ns = now_ns
        self.frames += 1
        admitted, codes = self._gate.admit(frame)
        for code in codes:
            self.tell(code)
        if admitted is None:
            self.ignored += 1
        elif self.state in (State.OPEN, State.LEAVING):
            self._inbox.put(admitted, now_ns)

    def acknowledge(self, sequence: int, now_ns: int) -> None:
        """The client says that it has every face up to one; 0 = it says nothing of them."""
        self._heard_ns = now_ns
        self._credit.acknowledge(sequence)

    def tell(self, *codes: Code) -> None:
        """There is something to say; some of it once only."""
        for code in codes:
            if not (code in _SAID_ONCE and code in self._told):
                self._told.add(code)
                self._untold[code] = None

    def shown(self, sequence: int) -> None:
        """The face asked for by the last `Show` was sent."""
        self._showing = False
        self._credit.sent(sequence)

    def go_away(self, going: GoAway, now_ns: int) -> None:
        """The server wants to be rid of it."""
        if self.state is State.OPEN:
            self.state = State.LEAVING
            self._going = going
            self._leaves_ns = now_ns + going.grace_ns

    def end(self, reason: str) -> None:
        """One side is done; the first reason counts."""
        if self.state in (State.OPEN, State.LEAVING):
            self.state, self._ending = State.ENDING, reason

    def vanish(self) -> None:
        """The client sends no more and did not say End: it is gone, or forgot its manners."""
        self.vanished |= self.state in (State.OPEN, State.LEAVING)
        self.end("the client sent no more")

    def next(self, now_ns: int) -> Output | None:
        """What is to be done now; None = nothing, until something happens or `wake_ns` comes."""
        if self.state is State.ENDED:
            return None
        self._time_goes_on(now_ns)
        if self._untold:
            code = next(iter(self._untold))
            del self._untold[code]
            return Tell(code)
        if self._showing:
            # All that is remembered is of before this face or after it.
            return None
        if self._keep_due_ns is not None and (self._going or now_ns >= self._keep_due_ns):
            self._keep_due_ns = None
            return Keep()
        if self._going is not None:
            going, self._going = self._going, None
            return going
        if self._credit.allows() and (waiting := self._inbox.take(now_ns)) is not None:
            self._showing = True
            if self._keep_due_ns is None:
                self._keep_due_ns = now_ns + KEEP_NS
            return Show(*waiting)
        if self.state is State.ENDING:
            self.state = State.ENDED
            return Finish(self._ending)
        return None

    @property
    def wake_ns(self) -> int | None:
        """When time alone changes something; None = never."""
        if self.state in (State.ENDING, State.ENDED):
            return None
        idle_ns = self._heard_ns + self._idle_ns
        return idle_ns if self._leaves_ns is None else min(idle_ns, self._leaves_ns)

    def _time_goes_on(self, now_ns: int) -> None:
        if self._leaves_ns is not None and now_ns >= self._leaves_ns:
            self.end("the time to leave is over")
        elif now_ns >= self._heard_ns + self._idle_ns:
            self.end(f"nothing was heard for {self._idle_ns / 1e9:g} s")
