"""What a run has to show, seen before it begins."""

from __future__ import annotations

from vrface.errors import BadUse
from vrface.face.blendshapes import EYE_LOOK, index
from vrface.face.expression import Source
from vrface.sensors.headset import DEFAULT_HEADSET, HeadsetProfile
from vrface.sensors.paired import Paired

_ADVICE = f"Give a --headset that senses some of a face and hides some, such as {DEFAULT_HEADSET}."


def check(headset: HeadsetProfile, model: str) -> None:
    """Check that something of the face is hidden, and something is heard to infer it from.

    Args:
        headset: What is put on.
        model: What infers: a name or a checkpoint's folder.

    Raises:
        BadUse: if there would be nothing to show.
    """
    if not _hidden(headset):
        raise BadUse(f"headset {headset.name!r} hides nothing that a model infers.", _ADVICE)
    if not _told(headset).intersection(_inputs(model)):
        streams = ", ".join(stream.name for stream in headset.streams)
        raise BadUse(
            f"model {model!r} listens to no stream of headset {headset.name!r} ({streams}).",
            _ADVICE,
        )


def hidden_shapes(paired: Paired) -> list[str]:
    """The shapes that a headset hides, eyeLook apart, and whose truth is known.

    Raises:
        BadUse: if there are none.
    """
    known = paired.truth.source == Source.MEASURED
    names = [name for name in _hidden(paired.headset) if known[index(name)]]
    if not names:
        raise BadUse(
            f"headset {paired.headset.name!r} hides nothing that {paired.name!r} knows.", _ADVICE
        )
    return names


def _hidden(headset: HeadsetProfile) -> list[str]:
    """What is scored: where the eyes look is another matter."""
    return [name for name in headset.occludes if name not in EYE_LOOK]


def _told(headset: HeadsetProfile) -> set[tuple[str, str]]:
    """Of all that a model may listen to, what a headset tells."""
    from vrface.model.features import SLOTS, filled

    return {SLOTS[slot] for slots in filled(headset).values() for slot in slots}


def _inputs(model: str) -> list[tuple[str, str]]:
    """(stream, channel) of what a model may listen to; what ships is known before it is loaded."""
    from vrface.cli.headset_sheet import default_inputs
    from vrface.model import pretrained
    from vrface.model.features import SLOTS

    return default_inputs() if model in pretrained.names() else list(SLOTS)
