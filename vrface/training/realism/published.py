"""`STATISTICS`: what is compared of the simulated wearer's behaviour, and what was published of it.

A range of a publication is that over people where it gives one; of a mean alone it is the mean, or
the least and the most of several; what follows from one by arithmetic is called derived. The pilot
looked at Live Link Face takes of three people, at 60 Hz: the ranges of motion that a page may be
made with are among them, so that it is no second witness beside these.
"""

from __future__ import annotations

from typing import NamedTuple


class Published(NamedTuple):
    """What a publication says of a statistic.

    Attributes:
        low: Least.
        high: Most.
        who: Author, year, and of what.
    """

    low: float
    high: float
    who: str


class Statistic(NamedTuple):
    """One figure of behaviour.

    Attributes:
        name: In the figures of `statistics` or `dynamics`.
        region: Of the face: one of `REGIONS`.
        what: It is, in words, with its unit.
        published: Ranges; where there is none the takes stand alone.
    """

    name: str
    region: str
    what: str
    published: tuple[Published, ...] = ()


REGIONS = ("Blinks", "Eyes", "Lids", "Brows", "Cheeks", "Nose", "Mouth", "Hidden face")
"""In the order of a page. The hidden face is lids without blinks, brows, cheeks and nose."""

_FURTHER = "pilot on open Live Link Face takes"
_TIES = "the recorder ties both sides"

_DOUGHTY_TALK = Published(10.5, 32.5, "Doughty 2001, conversation")
_DOUGHTY_REST = Published(8.0, 21.0, "Doughty 2001, primary gaze")
# 741 of 1,414 blinks, and the 95 % interval of such a share.
_PARTIAL = Published(0.50, 0.55, "Ousler et al. 2014")
_LISTENING, _TALKING = (
    Published(share, share, f"Argyle & Cook 1976, gaze at a partner, {who}")
    for share, who in ((0.75, "listening"), (0.41, "talking"))
)


def _region(region: str, of: str, sides: Published | None = None) -> tuple[Statistic, ...]:
    """What is told of every region that has a level."""
    name = {"Lids": "lid", "Brows": "brow", "Cheeks": "cheek"}.get(region, region.lower())
    return (
        Statistic(f"{name}_level", region, f"mean weight of {of}"),
        Statistic(f"{name}_sd", region, f"standard deviation of {of}"),
        Statistic(f"{name}_speed", region, f"standard deviation of velocity, 1/s, {of}"),
        *_sides(region, name, sides),
    )


def _sides(region: str, name: str, published: Published | None) -> tuple[Statistic, ...]:
    return (
        Statistic(
            f"{name}_sides",
            region,
            "correlation of left and right",
            () if published is None else (published,),
        ),
        Statistic(f"{name}_gap", region, "mean gap of left and right"),
    )


def _with(name: str, region: str, what: str, low: float, high: float) -> Statistic:
    return Statistic(f"with_{name}", region, what, (Published(low, high, _FURTHER),))


STATISTICS: tuple[Statistic, ...] = (
    Statistic("blink_rate", "Blinks", "blinks a minute", (_DOUGHTY_TALK, _DOUGHTY_REST)),
    Statistic(
        "blink_peak", "Blinks", "height of a blink, filmed", (Published(0.43, 0.80, _FURTHER),)
    ),
    Statistic("blink_partial", "Blinks", "share of partial blinks, filmed", (_PARTIAL,)),
    Statistic("blink_closing_ms", "Blinks", "closing, ms, filmed", (Published(67, 100, _FURTHER),)),
    Statistic("blink_opening_ms", "Blinks", "opening, ms, filmed", (Published(67, 133, _FURTHER),)),
    Statistic("blink_main", "Blinks", "peak speed of closing over height, 1/s, filmed"),
    Statistic("blink_ratio", "Blinks", "closing time over opening time, filmed"),
    *_sides("Blinks", "blink", Published(0.94, 0.99, f"{_FURTHER}; {_TIES}")),
    Statistic("saccade_rate", "Eyes", "saccades of 2 degrees and more a minute, filmed"),
    Statistic("saccade_median_deg", "Eyes", "median amplitude of saccades, degrees, filmed"),
    Statistic(
        "saccade_below_15",
        "Eyes",
        "share of saccades below 15 degrees, filmed",
        (Published(0.9, 0.9, "Lee et al. 2002"),),
    ),
    Statistic(
        "gaze_home", "Eyes", "share of time within 5 degrees of home", (_LISTENING, _TALKING)
    ),
    *_region("Lids", "squint and wide", Published(0.99, 1.0, f"{_FURTHER}; {_TIES}")),
    _with("down_lid", "Lids", "correlation of eyeLookDown and eyeBlink", 0.48, 0.86),
    Statistic("raise_rate", "Brows", "raises above .2 a minute"),
    Statistic("raise_height", "Brows", "height of a raise"),
    Statistic("raise_seconds", "Brows", "length of a raise, s"),
    *_region("Brows", "brows", Published(0.99, 1.0, f"{_FURTHER}; {_TIES}")),
    _with("inner_outer", "Brows", "correlation of browInnerUp and browOuterUp", 0.58, 0.98),
    _with("frown_squint", "Brows", "correlation of browDown and eyeSquint", 0.50, 0.74),
    _with("frown_sneer", "Brows", "correlation of browDown and noseSneer", 0.13, 0.80),
    _with("up_inner", "Brows", "correlation of eyeLookUp and browInnerUp", 0.19, 0.28),
    Statistic("with_wide_inner", "Brows", "correlation of eyeWide and browInnerUp"),
    *_region("Cheeks", "cheeks", Published(0.92, 0.95, _FURTHER)),
    _with("smile_cheek", "Cheeks", "correlation of mouthSmile and cheekSquint", 0.38, 0.93),
    *_region("Nose", "sneers", Published(0.92, 0.99, _FURTHER)),
    *_region("Mouth", "mouth and jaw"),
    Statistic("active_share", "Hidden face", "share of frames with a shape above .2"),
    Statistic("still_upper", "Hidden face", "share of seconds in which it stands still"),
    Statistic("still_face", "Hidden face", "the same of the whole face"),
    Statistic("still_longest_s", "Hidden face", "longest still stretch, s"),
    Statistic("still_drift", "Hidden face", "drift from one still second to another"),
    Statistic("still_tremble", "Hidden face", "tremble from frame to frame in still seconds"),
)
"""Beside real takes, all looked at as a phone films."""

DYNAMICS: tuple[Statistic, ...] = (
    Statistic("blinks_talking", "Blinks", "blinks a minute, talking", (_DOUGHTY_TALK,)),
    Statistic(
        "blinks_resting", "Blinks", "blinks a minute, neither talking nor reading", (_DOUGHTY_REST,)
    ),
    Statistic(
        "fine_closing_ms",
        "Blinks",
        "closing, ms",
        (
            Published(66, 66, "search coil, derived for spontaneous blinks"),
            Published(90, 90, "VanderWerf et al. 2003"),
        ),
    ),
    Statistic(
        "fine_opening_ms",
        "Blinks",
        "opening, ms",
        (Published(67, 133, _FURTHER), Published(240, 240, "VanderWerf et al. 2003")),
    ),
    Statistic(
        "fine_ratio",
        "Blinks",
        "closing time over opening time",
        # Closing 40 to 47 % faster: 1 / 1.4 of the time; 90 of 240 ms.
        (
            Published(0.68, 0.71, "Sforza et al. 2008, derived"),
            Published(0.375, 0.375, "VanderWerf et al. 2003, derived"),
        ),
    ),
    Statistic(
        "fine_main",
        "Blinks",
        "peak speed of closing over height, 1/s",
        # 875 deg/s of 30.6 deg; and a move of 90 ms whose jerk is least: 1.875 / .090 s.
        (
            Published(28.6, 28.6, "search coil, derived"),
            Published(20.8, 20.8, "VanderWerf et al. 2003, derived: least jerk"),
        ),
    ),
    Statistic(
        "saccade_ms_per_deg",
        "Eyes",
        "duration of a saccade by amplitude, ms per degree",
        (Published(2.2, 2.7, "Lee et al. 2002"),),
    ),
    Statistic(
        "saccade_ms_at_0",
        "Eyes",
        "duration of a saccade of no size, ms",
        (Published(20, 30, "Lee et al. 2002"),),
    ),
)
"""Beside publications alone: what a phone is too slow for, or no take tells the activity of."""
