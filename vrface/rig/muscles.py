"""What each blendshape does to the skin: muscles that pull, and a jaw that turns.

A muscle pulls skin from where it inserts towards its origin. The pull fades along the skin, near by
about as a Gaussian as wide as the muscle, slower farther away, as skin is a sheet that is drawn.
Origins and insertions follow anatomy (Standring, Gray's Anatomy, 42nd edition, chapter 31); which
muscles make which shape, Ekman and Friesen 1978 (FACS). Where exactly, how wide and how far they
pull is assumed, set with the places and sizes of ICT-FaceKit's peaks in view: the test that
compares the two keeps them from drifting apart, it is no independent proof. Millimetres; right, up,
ahead; the right side stands for both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from vrface.face.blendshapes import BLENDSHAPES, index, mirrored
from vrface.rig.curves import Array
from vrface.rig.grid import skin_grid
from vrface.rig.jaw import jaw_fields, lower_share, mouth_close
from vrface.rig.lids import beside_margin, lid_fields
from vrface.rig.piece import Surface

Lip = Literal["both", "upper", "lower"]


@dataclass(frozen=True)
class Muscle:
    """Where a muscle holds the skin, where it pulls it to, and how much skin it takes along.

    Attributes:
        insertion: Right, up; on the skin.
        origin: Right, up, ahead; on the bone, or where a ring muscle gathers the skin.
        width: Spreads of its pull sideways and upwards.
        lip: Which lip follows.
        paired: Whether its twin on the left pulls with it in a shape without sides.
    """

    insertion: tuple[float, float]
    origin: tuple[float, float, float]
    width: tuple[float, float]
    lip: Lip = "both"
    paired: bool = True


MUSCLES: dict[str, Muscle] = {
    "frontalis_inner": Muscle((16, 26), (16, 80, 14), (11, 18)),
    "frontalis_outer": Muscle((42, 27), (50, 75, -4), (12, 17)),
    "corrugator": Muscle((33, 23), (4, 9, 28), (11, 9)),
    "procerus": Muscle((9, 17), (6, -10, 24), (9, 9)),
    "orbicularis_lower": Muscle((29, -14), (15, -1, 14), (12, 5.5)),
    "orbicularis_outer": Muscle((50, -3), (36, -2, 12), (7, 10)),
    "malaris": Muscle((46, -29), (41, 12, 12), (14, 10)),
    "levator_nasi": Muscle((22, -45), (14, 6, 18), (11, 10), "upper"),
    "nasalis": Muscle((10, -34), (9, 2, 28), (7, 8)),
    "levator_labii": Muscle((18, -54), (27, -6, 10), (10, 8.5), "upper"),
    "zygomaticus": Muscle((23, -66), (52, -16, -8), (13, 12)),
    "zygomaticus_cheek": Muscle((43, -36), (46, 0, 18), (14, 13)),
    "buccinator": Muscle((24, -67), (33, -42, -12), (8.5, 8.5)),
    "risorius": Muscle((23, -67), (60, -74, -16), (14, 13)),
    "depressor_anguli": Muscle((25, -67), (33, -112, 6), (10, 9)),
    "depressor_labii": Muscle((12, -74), (19, -112, 8), (9, 8), "lower"),
    "mentalis": Muscle((0, -97), (0, -50, 31), (17, 11), "lower"),
    "mentalis_side": Muscle((14, -96), (12, -60, 28), (9, 8), "lower"),
    "oris_corner": Muscle((21, -66), (2, -64, 56), (11, 11)),
    "oris_upper": Muscle((0, -60), (0, -62, 90), (14, 8), "upper"),
    "oris_lower": Muscle((0, -71), (0, -69, 90), (14, 8), "lower"),
    "funnel_upper": Muscle((9, -60), (4, -45, 52), (12, 8), "upper"),
    "funnel_lower": Muscle((9, -70), (4, -92, 52), (12, 8), "lower"),
    "funnel_corner": Muscle((23, -66), (4, -66, 36), (9, 10)),
    "roll_upper": Muscle((0, -62.5), (0, -69, -10), (17, 4.2), "upper"),
    "roll_lower": Muscle((0, -69), (0, -62, -10), (17, 5), "lower"),
    "press_upper": Muscle((14, -61), (14, -74, 12), (10, 5), "upper"),
    "press_lower": Muscle((14, -71), (14, -56, 10), (10, 6), "lower"),
    "shrug_upper": Muscle((0, -60), (0, -25, 36), (16, 9), "upper"),
    "shrug_lower": Muscle((0, -72), (0, -40, 40), (16, 9), "lower"),
    "puff": Muscle((32, -64), (48, -66, 66), (14, 15)),
    "aside": Muscle((15, -66), (-60, -66, 52), (21, 17), paired=False),
    "tongue_lip": Muscle((0, -72), (0, -112, 20), (13, 10), "lower"),
}

# How far each muscle pulls where it inserts, millimetres, at weight 1.
ACTIONS: dict[str, dict[str, float]] = {
    "browInnerUpRight": {"frontalis_inner": 4.1},
    "browOuterUpRight": {"frontalis_outer": 6.2},
    "browDownRight": {"corrugator": 4.6, "procerus": 2.8},
    "eyeSquintRight": {"orbicularis_lower": 2.6, "orbicularis_outer": 1.2},
    "cheekSquintRight": {"malaris": 5.4, "orbicularis_lower": 1.2},
    "cheekPuffRight": {"puff": 9.0},
    "noseSneerRight": {"levator_nasi": 6.6, "nasalis": 2.2, "procerus": 1.0, "malaris": 2.2},
    "mouthUpperUpRight": {"levator_labii": 6.6},
    "mouthLowerDownRight": {"depressor_labii": 5.2},
    "mouthSmileRight": {"zygomaticus": 11.5, "zygomaticus_cheek": 3.6},
    "mouthFrownRight": {"depressor_anguli": 6.4},
    "mouthDimpleRight": {"buccinator": 6.2},
    "mouthStretchRight": {"risorius": 9.0},
    "mouthPressRight": {"press_upper": 1.2, "press_lower": 1.6, "mentalis_side": 3.4},
    "mouthLeft": {"aside": 14.0},
    "mouthPucker": {"oris_corner": 8.8, "oris_upper": 4.6, "oris_lower": 4.6},
    "mouthFunnel": {"funnel_upper": 5.4, "funnel_lower": 6.8, "funnel_corner": 4.5},
    "mouthRollUpper": {"roll_upper": 7.0},
    "mouthRollLower": {"roll_lower": 8.2},
    "mouthShrugUpper": {"shrug_upper": 5.0},
    "mouthShrugLower": {"mentalis": 7.8, "shrug_lower": 3.8},
    "tongueOut": {"tongue_lip": 5.0},
}


def pull(muscle: Muscle, skin: Array, surface: Surface, *, both: bool) -> Array:
    """[vertices, 3] unit pull (1 mm where it inserts); `both` adds the twin on the left."""
    place = surface.points_at(np.array([muscle.insertion]))[0]
    right, up, ahead = muscle.origin
    way = np.array([right, up, -ahead]) - skin
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    apart = skin - place
    wide, high = muscle.width
    square = np.square(apart / (wide, high, 1.6 * max(wide, high))).sum(axis=1)
    fade = 1 / np.square(1 + square / 4)
    field = way * (fade * _follows(muscle.lip, skin))[:, None]
    if both and muscle.insertion[0] != 0 and muscle.paired:
        mirror = skin_grid().mirror
        twin = field[mirror] * (-1, 1, 1)
        # What both sides pull where they meet is the mean of them, not twice it.
        share = np.linalg.norm(field, axis=1) + np.linalg.norm(twin, axis=1)
        strongest = np.maximum(np.linalg.norm(field, axis=1), np.linalg.norm(twin, axis=1))
        scale = np.where(share > 0, np.sqrt(strongest / np.where(share > 0, share, 1)), 0)
        field = (field + twin) * scale[:, None]
    return np.asarray(field)


def _follows(lip: Lip, skin: Array) -> Array:
    """[vertices] how much of each vertex belongs to the lip."""
    if lip == "both":
        return np.ones(len(skin))
    lower = lower_share(skin)
    return lower if lip == "lower" else 1 - lower


def skin_fields(skin: Array) -> Array:
    """[54, vertices, 3] what each shape does to the skin of the average head."""
    grid = skin_grid()
    surface = Surface(skin, grid.triangles)
    fields = np.zeros((len(BLENDSHAPES), len(skin), 3))
    for shape, pulls in ACTIONS.items():
        both = mirrored(shape) == shape
        for name, far in pulls.items():
            fields[index(shape)] += far * pull(MUSCLES[name], skin, surface, both=both)
    # Lids lie on the eyeballs: what muscles do there fades, the lids' own motion comes instead.
    fields *= beside_margin(skin)[:, None]
    for shape, field in {**jaw_fields(skin), **lid_fields(skin)}.items():
        fields[index(shape)] += field
    fields[index("mouthClose")] = mouth_close(skin, fields[index("jawOpen")])
    made = [bool(field.any()) for field in fields]
    for shape in BLENDSHAPES:
        if not made[index(shape)]:
            twin = fields[index(mirrored(shape))][grid.mirror]
            fields[index(shape)] = twin * (-1, 1, 1)
    return fields
