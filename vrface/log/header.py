"""`LogHeader`: what a log says of itself in the metadata record ``vrface.log``."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import chain
from typing import Any

from vrface.errors import BadUse, LogError, VrfaceError
from vrface.face.blendshapes import BLENDSHAPES, COUNT
from vrface.face.expression import STYLES, Style
from vrface.face.smoothing import Smoothing
from vrface.log.entry import TOPICS
from vrface.log.records import LARGEST_OTHER
from vrface.sensors.headset import HeadsetProfile

PROFILE = "vrface"
"""The MCAP profile of every log."""

RECORD = "vrface.log"
"""The name of the metadata record."""

VERSION = 1
"""The major version of the layout; a reader refuses a newer one."""

REAL = "real"
"""What `LogHeader.simulation` says when a real device made the sensor frames."""


CHECKSUM = "checksum"
"""The entry of the record that tells whether the others are as they were written."""


def sealed(entries: Mapping[str, str]) -> dict[str, str]:
    """A metadata record with its checksum: CRC-32, in hexadecimal.

    It covers all other entries, sorted by name, each name and value with a zero byte behind it.
    """
    others = {name: value for name, value in entries.items() if name != CHECKSUM}
    text = "".join(f"{name}\0{value}\0" for name, value in sorted(others.items()))
    return {**others, CHECKSUM: f"{zlib.crc32(text.encode()):08x}"}


def intact(metadata: Mapping[str, str]) -> bool:
    """Whether a metadata record is as it was written, by its checksum."""
    return metadata.get(CHECKSUM) == sealed(metadata)[CHECKSUM]


def topics_of(metadata: Mapping[str, str]) -> dict[int, str]:
    """The topics that a metadata record names, by the number of their channel."""
    return dict(enumerate(metadata.get("topics", "").split(), 1))


def this_software() -> str:
    """What writes a log here and now."""
    return f"vrface {version('vrface')}"


@dataclass(frozen=True)
class LogHeader:
    """What one log is: one wearer, one donning, one headset at most.

    Attributes:
        headset: Whose streams the sensor frames hold; None where the log is a face alone.
        wearer: Pseudonym.
        donning: Pseudonym of one time of putting the headset on.
        clock: Which clock the session's times are on: ``xr_time``, ``monotonic`` or ``device``.
        simulation: ``"real"``, or name and version of what simulated the sensor frames.
        real_face: Whether a real person's face stands behind it.
        name: What reports call it.
        model_digest: Of the model that made ``/expression``, in hex; empty where there is none.
        extras: Names of the measured shapes that follow the canonical 54 in each expression.
        permission_id: Of the permission it was recorded under; `LogWriter` fills it in.
        software: What wrote it.
        log_id: Drawn for each live recording, so that no two logs have one header; copied with its
            entries. Empty where the same data must make the same bytes.
        style: What ``/expression`` shows of a law: its mean, ``expected``, or a draw, ``lively``.
        seed: Of the draws.
        smoothing: How calm ``/expression`` was to be.
        provenance: Of what was simulated, where it comes from, as JSON: who, what they do, how the
            headset was put on, all by seed. Empty where nobody says.
    """

    headset: HeadsetProfile | None
    wearer: str
    donning: str
    clock: str
    simulation: str = REAL
    real_face: bool = True
    name: str = ""
    model_digest: str = ""
    extras: tuple[str, ...] = ()
    permission_id: str = ""
    software: str = field(default_factory=this_software)
    log_id: str = ""
    provenance: str = ""
    style: Style = "expected"
    seed: int = 0
    smoothing: Smoothing = Smoothing.none()

    def to_metadata(self) -> dict[str, str]:
        """The metadata record. The headset is JSON with the entries of its TOML file.

        ``topics`` are those of channels 1, 2, 3 ...: a log whose first chunk is lost, where the
        channels are declared, can still be read. What is no text in UTF-8, as the name of a file
        may be, is written with backslashes.

        Raises:
            BadUse: if it is larger than any reader accepts.
        """
        entries = {
            "log_version": str(VERSION),
            "software": self.software,
            "name": self.name,
            "headset": json.dumps(self.headset.entries() if self.headset else None),
            "blendshapes": " ".join((*BLENDSHAPES, *self.extras)),
            "wearer": self.wearer,
            "donning": self.donning,
            "clock": self.clock,
            "permission_id": self.permission_id,
            "simulation": self.simulation,
            "face": REAL if self.real_face else "simulated",
            "model_digest": self.model_digest,
            "topics": " ".join(TOPICS),
        }
        # Logs without one make the bytes that they made before there was such an entry.
        optional = {"log_id": self.log_id, "provenance": self.provenance}
        if self.style != "expected":
            optional |= {"style": self.style, "seed": str(self.seed)}
        if self.smoothing != Smoothing.none():
            optional["smoothing"] = str(self.smoothing)
        entries |= {name: value for name, value in optional.items() if value}
        text = {
            name: value.encode(errors="backslashreplace").decode()
            for name, value in entries.items()
        }
        size = sum(len(word.encode()) + 4 for word in (RECORD, "", *chain(*sealed(text).items())))
        if size > LARGEST_OTHER:
            raise BadUse(
                f"the header of the log would have {size} bytes.",
                f"The most are {LARGEST_OTHER}: shorten its names.",
            )
        return sealed(text)

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, str], where: str) -> LogHeader:
        """Read the metadata record. Entries that this version does not know make no difference.

        Args:
            metadata: The record.
            where: What error messages call the log.

        Raises:
            LogError: if it is of a newer major version, was altered, lacks an entry or holds one
                that makes no sense.
        """
        major = _major(metadata)
        if major > VERSION:
            raise LogError(
                f"{where} is a log of version {major}; this vrface reads up to {VERSION}.",
                f"Use a newer vrface: it was written by {metadata.get('software', 'another')}.",
            )
        if not intact(metadata):
            raise LogError(
                f"the record {RECORD!r} of {where} was altered: its checksum is wrong.",
                "Without it nothing in this log can be trusted. Look for a copy.",
            )
        try:
            if major < VERSION:
                raise ValueError(f"its version is {metadata['log_version']!r}")
            names = metadata["blendshapes"].split()
            if tuple(names[:COUNT]) != BLENDSHAPES:
                raise ValueError("its blendshapes are not the canonical set")
            style, seed = _shown(metadata)
            return cls(
                headset=_headset(json.loads(metadata["headset"])),
                wearer=metadata["wearer"],
                donning=metadata["donning"],
                clock=metadata["clock"],
                permission_id=metadata["permission_id"],
                simulation=metadata["simulation"],
                real_face=metadata["face"] == REAL,
                name=metadata["name"],
                model_digest=metadata["model_digest"],
                extras=tuple(names[COUNT:]),
                software=metadata["software"],
                log_id=metadata.get("log_id", ""),
                provenance=metadata.get("provenance", ""),
                style=style,
                seed=seed,
                smoothing=Smoothing.parse(metadata.get("smoothing", "off")),
            )
        except KeyError as error:
            found = f"lacks the entry {error}"
        except (TypeError, ValueError, AttributeError, RecursionError, VrfaceError) as error:
            found = f"makes no sense: {error}"
        raise LogError(
            f"the record {RECORD!r} of {where} {found}.", "The log was not made by vrface."
        )


def _major(metadata: Mapping[str, str]) -> int:
    """The major version of the layout; 0 where the record does not say."""
    number = metadata.get("log_version", "").split(".")[0]
    return int(number) if number.isdecimal() and len(number) < 10 else 0


def _shown(metadata: Mapping[str, str]) -> tuple[Style, int]:
    """Style and seed of the faces."""
    if (style := metadata.get("style", "expected")) not in STYLES:
        raise ValueError(f"its style is {style!r}")
    if not 0 <= (seed := int(metadata.get("seed", "0"))) < 2**64:
        raise ValueError(f"its seed is {seed}")
    return style, seed


def _headset(entries: dict[str, Any] | None) -> HeadsetProfile | None:
    if entries is None:
        return None
    # Logs of before there were copies are read too, without asking for the scheme's table.
    with_copies = {"copies": (), **entries}
    return HeadsetProfile.from_entries(with_copies, "in its header", str(entries["scheme"]))
