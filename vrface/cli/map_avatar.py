"""`vrface map AVATAR`: which of an avatar's morphs vrface moves, and what is missing."""

from __future__ import annotations

from pathlib import Path

from vrface.cli.output import console, listed, prepare, table


def is_avatar(name: str) -> bool:
    """Whether somebody means an avatar's file."""
    from vrface.rig.gltf import SUFFIXES

    return name.lower().endswith(SUFFIXES)


def map_avatar(path: Path, output: Path | None) -> None:
    """Match an avatar's morphs, say what will move, and write the rig.

    Args:
        path: The avatar.
        output: The rig to write (.json); None = only say.

    Raises:
        BadUse: if the avatar cannot be read, or none of its morphs is known.
    """
    from vrface.rig.avatar import Avatar

    avatar = Avatar.read(path)
    found = avatar.retargeting
    out = console()
    out.print(
        f"{path.name}: {len(avatar.neutral)} vertices of its head, "
        f"{len(found.channels) + len(found.unused)} morphs; named as {found.scheme} names them."
    )
    rows = table("morph", "follows", "of")
    for channel in found.channels:
        rows.add_row(channel.morph, channel.shape, found.scheme)
    out.print(rows)
    eyes = "turn with gaze" if avatar.eye_share.any() else "are moved by morphs alone"
    out.print(f"Will move: {len(found.moved)} of the 54 shapes. Eyes {eyes}.")
    out.print(f"Will not: {listed(found.unmoved)}.")
    out.print(f"Missing in the avatar, of {found.scheme}: {listed(found.missing)}.")
    out.print(f"Not used: {listed(found.unused)}.")
    if output is None:
        out.print("With -o rig.json this is written as a rig, to be edited and rendered.")
        return
    prepare(output)
    output.write_text(found.to_json(), encoding="utf-8")
    out.print(f"{output}: a rig of {len(found.channels)} channels.")
