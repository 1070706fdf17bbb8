"""Faults that were found in other projects' published mappings, and that ours must never have.

Each test is named after what it guards; its comment says where the fault was found.
"""

import re

import numpy as np
import pytest

from tests.face.faces import other_side
from vrface.face.blendshapes import EYE_LOOK, index
from vrface.face.crossing import crossing
from vrface.face.expression import Source
from vrface.face.gaze import EYE_LOOK_INDICES, eye_look_from_gaze, gaze_from_eye_look
from vrface.face.schemes import SCHEMES, scheme

UNIFIED = scheme("unified")


def made(first, second="unified"):
    return crossing(scheme(first), scheme(second)).made


def targets(name):
    """What each shape of a scheme is read into."""
    return {row.shape: [term.name for term in row.into] for row in scheme(name).rows}


def test_a_squinting_left_eye_stays_on_the_left():
    # VRCFaceTracking/docs meta-movement.mdx: EyeSquintLeft <- EYES_SQUINT_R.
    assert made("fb2")["EyeSquintLeft"] == {"LID_TIGHTENER_L": 1}
    assert made("fb2")["EyeSquintRight"] == {"LID_TIGHTENER_R": 1}
    assert made("fb1")["EyeSquintLeft"] == {"LID_TIGHTENER_L": 1}


def test_a_funnelled_lower_lip_is_not_a_sucked_one():
    # The same: LipFunnelLower* <- LIP_SUCK_*.
    for name in ("fb2", "fb1", "android", "ml"):
        for side in ("Left", "Right"):
            corner = side[0]
            across = made(name)
            assert across[f"LipFunnelLower{side}"] == {f"LIP_FUNNELER_{corner}B": 1}
            assert across[f"LipFunnelUpper{side}"] == {f"LIP_FUNNELER_{corner}T": 1}
            assert across[f"LipSuckLower{side}"] == {f"LIP_SUCK_{corner}B": 1}
            assert across[f"LipSuckUpper{side}"] == {f"LIP_SUCK_{corner}T": 1}


def test_fb2_has_no_invented_names_each_shape_once_and_all_seven_of_the_tongue():
    # The same: EYES_SQUINT, EYES_WIDEN, EYES_LOOK_IN and _OUT do not exist in the enum,
    # MouthRaiserUpper is listed twice, and it says there is no tongue.
    shapes = scheme("fb2").shapes
    assert len(set(shapes)) == len(shapes) == 70
    assert not [s for s in shapes if re.search("EYES_(SQUINT|WIDEN)|LOOK_(IN|OUT)", s)]
    assert len([shape for shape in shapes if shape.startswith("TONGUE_")]) == 7
    assert all(targets("fb2")[shape] for shape in shapes)
    across = made("fb2")
    assert across["EyeWideLeft"] == {"UPPER_LID_RAISER_L": 1}
    assert across["EyeLookInLeft"] == {"EYES_LOOK_RIGHT_L": 1}
    assert across["MouthRaiserUpper"] == {"CHIN_RAISER_T": 1}
    assert across["MouthRaiserLower"] == {"CHIN_RAISER_B": 1}
    assert across["TongueOut"] == {"TONGUE_OUT": 1}


def test_a_tongue_curled_up_is_not_bent_down_and_nostrils_keep_their_side():
    # VRCFaceTracking/docs parameters.mdx: the signs of TongueArchY (+ is CurlUp) and TongueShape
    # (+ is Flat) are the opposite of the code's, and NasalConstrict's sides are swapped.
    into = targets("unified")
    assert into["TongueCurlUp"] == ["tongueCurlUp"]
    assert into["TongueBendDown"] == ["tongueBendDown"]
    assert into["TongueFlat"] == ["tongueFlat"]
    assert into["TongueSquish"] == ["tongueSquish"]
    across = made("fb2")
    assert across["TongueCurlUp"] == {"TONGUE_TIP_ALVEOLAR": 1}
    assert not across["TongueBendDown"]
    nostrils = [UNIFIED.shapes.index(f"NasalConstrict{side}") for side in ("Right", "Left")]
    assert nostrils == [14, 15]


def test_htc_keeps_its_sides_and_its_lips_apart():
    # korejan/VRCFT-ALXR-Modules: MouthStretchLeft <- MOUTH_SAD_RIGHT, LipFunnelLower* <-
    # MOUTH_UPPER_OVERTURN.
    across = made("htc")
    for shape, parts in across.items():
        for part in parts:
            assert not re.search("LEFT|RIGHT", part) or ("LEFT" in part) == ("Left" in shape)
    assert across["LipFunnelLowerLeft"] == {"LIP_MOUTH_LOWER_OVERTURN": 1}
    assert across["LipFunnelUpperLeft"] == {"LIP_MOUTH_UPPER_OVERTURN": 1}
    assert across["MouthFrownLeft"] == {"LIP_MOUTH_STRETCHER_LEFT": 1}
    assert not across["MouthStretchLeft"]  # not measured, so absent, not emulated


@pytest.mark.parametrize("name", SCHEMES)
def test_each_eye_looks_where_it_looks_itself(name):
    # guygodin/VirtualDesktop.VRCFaceTracking: the right eye's gaze is made of the left eye's
    # orientation. VRM alone has one look for both eyes: the second is a copy, and says so.
    entry = scheme(name)
    if not set(EYE_LOOK) & {*entry.measured, *entry.copied}:
        return
    if name.startswith("vrm"):
        assert len(set(EYE_LOOK) & set(entry.copied)) == 4
        return
    assert set(EYE_LOOK) <= set(entry.measured)
    side = re.compile(r"_R$|^EYE_RIGHT_|Right$")
    for row in entry.rows:
        for look in [term.name for term in row.into if term.name in EYE_LOOK]:
            assert bool(side.search(row.shape)) == look.endswith("Right"), row.shape


def test_arkits_right_squint_is_the_right_eyes():
    # kusomaigo/VRCFaceTracking-LiveLink: EyeSquintRight <- the left value. (Its packets are
    # told by their name's length in tests/wire/test_livelink.py.)
    for name in ("arkit", "mediapipe", "bd", "pico"):
        across = made(name)
        for shape in ("EyeSquint", "EyeWide", "EyeClosed"):
            (left,), (right,) = across[f"{shape}Left"], across[f"{shape}Right"]
            assert other_side(left) == right != left
    assert made("arkit")["EyeSquintRight"] == {"eyeSquintRight": 1}


def test_pico_rolls_the_lip_it_says_and_squints_its_cheeks():
    # WiVRn client/xr/pico_face_tracker.cpp: LIP_SUCK_LT <- rollLower, LIP_SUCK_RB <- rollUpper;
    # CHEEK_RAISER stays unmapped though the headset has CHEEKSQUINT.
    across = made("pico", "fb2")
    for corner in "LR":
        assert across[f"LIP_SUCK_{corner}T"] == {"MOUTHROLLUPPER": 1}
        assert across[f"LIP_SUCK_{corner}B"] == {"MOUTHROLLLOWER": 1}
        assert across[f"CHEEK_RAISER_{corner}"] == {f"CHEEKSQUINT_{corner}": 1}
    kinds = crossing(scheme("pico"), scheme("fb2")).source
    assert kinds["LIP_SUCK_LT"] == Source.COPIED
    assert kinds["CHEEK_SUCK_L"] == Source.ABSENT


def test_bd_blinks_where_bd_blinks_and_not_where_old_pico_did():
    # alvr/server_core/src/tracking/face.rs takes 28 and 38, the old PICO indices, of BD's array.
    for name, left, right in (("bd", 5, 12), ("pico", 28, 38)):
        values = np.zeros(52, np.float32)
        values[[left, right]] = 0.8, 0.3
        face = scheme(name).read(values)
        assert face[index("eyeBlinkLeft")] == np.float32(0.8)
        assert face[index("eyeBlinkRight")] == np.float32(0.3)
        assert np.count_nonzero(face) == 2
    assert (scheme("bd").shapes[28], scheme("bd").shapes[38]) == ("MOUTH_R", "MOUTH_ROLL_UPPER")


def test_looking_to_the_right_turns_both_eyes_to_the_right():
    # Baballonia: the X arguments of LeftRightPitchYaw are swapped. Yaw > 0 is the wearer's right.
    look = np.zeros(70, np.float32)
    for corner in "LR":
        look[scheme("fb2").shapes.index(f"EYES_LOOK_RIGHT_{corner}")] = 0.5
    face = scheme("fb2").read(look)
    assert face[index("eyeLookInLeft")] == face[index("eyeLookOutRight")] == 0.5
    left_yaw, _, right_yaw, _ = gaze_from_eye_look(face[EYE_LOOK_INDICES])
    assert left_yaw == right_yaw > 0
    converged = eye_look_from_gaze(np.array([0.2, 0.0, -0.1, 0.0], np.float32))
    face = np.zeros(54, np.float32)
    face[EYE_LOOK_INDICES] = converged
    written = dict(zip(UNIFIED.shapes, UNIFIED.write(face).tolist(), strict=True))
    assert written["EyeLookInLeft"] > written["EyeLookInRight"] > 0
    assert written["EyeLookOutLeft"] == written["EyeLookOutRight"] == 0


def test_inner_brows_are_not_outer_ones_and_each_axis_is_its_own():
    # The MeowFace module swaps the inner and the outer brow; a Pico module scales the right eye's
    # vertical by the left eye's horizontal.
    for name in ("fb2", "fb1", "android", "ml", "bd", "pico", "arkit", "mediapipe"):
        across = made(name)
        for side in ("Left", "Right"):
            assert all(re.search("inner", part, re.I) for part in across[f"BrowInnerUp{side}"])
            assert all(re.search("outer", part, re.I) for part in across[f"BrowOuterUp{side}"])
    for name in SCHEMES:
        for shape, reached in targets(name).items():
            if looks := [target for target in reached if target in EYE_LOOK]:
                vertical = re.search("up|down|drop", shape, re.I) is not None
                assert all(("Up" in look or "Down" in look) == vertical for look in looks), shape
