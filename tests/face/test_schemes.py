"""Other standards' lists: which shapes they hold, what becomes of each, what values they take."""

import hashlib
import re

import numpy as np
import pytest

from tests.face.faces import LIVELINK_CSV, absent_or_same
from vrface.errors import BadUse, UnknownName
from vrface.face.blendshapes import BLENDSHAPES, COUNT, EYE_LOOK, index
from vrface.face.expression import Source
from vrface.face.extras import CORE, EXTRAS, MOST_EXTRAS, in_order
from vrface.face.scheme_table import Fate
from vrface.face.schemes import SCHEMES, scheme

EVERY_SCHEME = pytest.mark.parametrize("name", SCHEMES)

ENUMS = {
    # sha256, first 16 digits, of the enum's names in index order joined by newlines, as they stand
    # in the OpenXR registry 1.1.62 and in the files the other tables name.
    "fb2": (70, "XR_FACE_EXPRESSION2_{}_FB", "cf2eb2a639e56c42"),
    "fb1": (63, "XR_FACE_EXPRESSION_{}_FB", "fd6c5db825e2c0b7"),
    "android": (68, "XR_FACE_PARAMETER_INDICES_{}_ANDROID", "e504e8dcf187d177"),
    "bd": (52, "XR_FACE_EXPRESSION_{}_BD", "f713b063eb290966"),
    "bd_lips": (20, "XR_LIP_EXPRESSION_{}_BD", "43af9d07bd9eca04"),
    "ml": (46, "XR_FACIAL_BLEND_SHAPE_{}_ML", "d49df9d6cc0e3cda"),
    "meta_visemes": (15, "XR_FACE_TRACKING_VISEME_{}_META", "a755b36ad27ba993"),
    "pico": (52, "XR_BS_{}_PICO", "9a3b232da5764a80"),
    "arkit": (52, "{}", "a082b96dd18cfd66"),
    "mediapipe": (52, "{}", "fdd5a9a98a08d459"),
    "unified": (88, "{}", "ad06cedccda92800"),
    "htc": (51, "{}", "57893044df2acf09"),
}


def enum_name(name, shape):
    if name == "htc":
        enum, _, rest = shape.partition("_")
        return f"XR_{enum}_EXPRESSION_{rest}_HTC"
    return ENUMS[name][1].format(shape)


@pytest.mark.parametrize("name", ENUMS)
def test_a_scheme_holds_each_shape_of_its_standard_at_its_index(name):
    count, _, digest = ENUMS[name]
    names = [enum_name(name, shape) for shape in scheme(name).shapes][:count]
    assert len(names) == count
    assert hashlib.sha256("\n".join(names).encode()).hexdigest()[:16] == digest


def test_shapes_stand_where_their_standards_index_them():
    for name, shape, place in [
        ("fb2", "EYES_LOOK_LEFT_L", 16),
        ("fb2", "TONGUE_RETREAT", 69),
        ("fb1", "UPPER_LIP_RAISER_R", 62),
        ("android", "TONGUE_DOWN", 67),
        ("ml", "CHIN_RAISER", 4),
        ("bd", "EYE_BLINK_L", 5),
        ("bd", "EYE_BLINK_R", 12),
        ("pico", "EYEBLINK_L", 28),
        ("pico", "EYEBLINK_R", 38),
        ("htc", "EYE_LEFT_SQUEEZE", 4),
        ("htc", "LIP_TONGUE_LONGSTEP2", 14 + 32),
        ("meta_visemes", "SIL", 0),
        ("bd_lips", "SIL", 19),
        ("unified", "NeckFlexLeft", 87),
    ]:
        assert scheme(name).shapes.index(shape) == place, (name, shape)


def test_behind_the_88_unified_holds_the_halves_of_its_eyes():
    halves = scheme("unified").shapes[88:]
    assert len(halves) == 8 + 2 + 4
    assert {shape.removeprefix("E").removeprefix("ye") for shape in halves[:8]} == {
        name.removeprefix("eye") for name in EYE_LOOK
    }
    assert set(halves[8:10]) == {"EyeClosedLeft", "EyeClosedRight"}
    assert set(halves[10:]) <= set(scheme("unified").lost)


def test_vrm_1_calls_its_presets_other_names_than_vrm_0():
    assert len(scheme("vrm0").shapes) == 17
    assert len(scheme("vrm1").shapes) == 18  # surprised is new
    assert not set(scheme("vrm0").shapes) & set(scheme("vrm1").shapes)


def test_the_three_arkit_orders_hold_the_same_names_in_different_places():
    udp, csv, mediapipe = scheme("arkit").shapes, LIVELINK_CSV, scheme("mediapipe").shapes
    assert set(udp) == set(csv) == (set(mediapipe) - {"_neutral"}) | {"tongueOut"}
    assert udp != csv
    assert udp[14:18] == ("jawForward", "jawLeft", "jawRight", "jawOpen")
    assert csv[14:18] == ("jawForward", "jawRight", "jawLeft", "jawOpen")
    assert mediapipe[:2] == ("_neutral", "browDownLeft")
    assert len(mediapipe) == 52


def test_mixing_orders_up_is_noticed():
    # Reading one order's values under another's names moves a known face.
    smile = {"mouthSmileLeft": 0.9}
    udp = [smile.get(name, 0.0) for name in scheme("arkit").shapes]
    wrong = dict(zip(scheme("mediapipe").shapes, udp, strict=True))
    assert wrong.get("mouthSmileLeft") != 0.9


def test_every_table_there_is_ships():
    assert set(SCHEMES) == {*ENUMS, "canonical", "vrm0", "vrm1"}
    assert all(scheme(name).summary for name in SCHEMES)


@EVERY_SCHEME
def test_every_shape_has_a_fate_that_its_reading_proves(name):
    entry = scheme(name)
    rest = np.full(len(entry.shapes), 0.25, np.float32)
    at_rest = entry.read(rest)
    for place, row in enumerate(entry.rows):
        moved = rest.copy()
        moved[place] = 0.5
        change = np.nan_to_num(entry.read(moved) - at_rest)
        reached = np.flatnonzero(change)
        canonical = reached[reached < COUNT]
        if row.fate == Fate.LOST:
            assert not len(reached), row.shape
        elif row.fate == Fate.EXTRA:
            assert len(reached) == 1, row.shape
            assert not len(canonical), row.shape
        elif row.fate == Fate.MEASURED:
            assert change[reached].tolist() == [0.25], row.shape
            assert len(canonical) == 1, row.shape
        elif row.fate == Fate.COPIED:
            assert change[reached].tolist() == [0.25, 0.25], row.shape
            kinds = sorted(entry.source[canonical].tolist())
            assert kinds == [Source.MEASURED, Source.COPIED], row.shape
        else:
            assert len(canonical) in (1, 2), row.shape
            alone = [k for k in canonical if len(entry.made_of[BLENDSHAPES[k]]) == 1]
            whole = [k for k in alone if change[k] == 0.25]
            assert len(whole) < len(reached), row.shape


@EVERY_SCHEME
def test_extras_fit_a_face_and_stand_in_its_order(name):
    entry = scheme(name)
    assert len(entry.extras) <= MOST_EXTRAS
    assert entry.extras == in_order(entry.extras)
    assert (entry.source[COUNT:] == Source.MEASURED).all()


def test_how_many_extras_each_standard_brings():
    brought = {name: len(scheme(name).extras) for name in SCHEMES}
    assert {name: count for name, count in brought.items() if count} == {
        "unified": 42,
        "fb2": 20,
        "bd_lips": 20,
        "android": 18,
        "htc": 18,
        "meta_visemes": 15,
        "fb1": 14,
        "ml": 12,
    }


def test_every_extra_of_the_registry_belongs_to_a_standard_and_is_part_of_what_it_says():
    feeds: dict[str, set[str]] = {name: set() for name in EXTRAS}
    for entry in map(scheme, SCHEMES):
        for row in entry.rows:
            for extra in [term.name for term in row.into if term.name in feeds]:
                feeds[extra].add(next((t.name for t in row.into if t.name in BLENDSHAPES), ""))
    assert feeds == {name: {CORE.get(name, "")} for name in EXTRAS}


def test_extras_are_called_after_the_shapes_they_keep():
    called = {
        "unified": lambda shape: shape[0].lower() + shape[1:],
        "meta_visemes": lambda shape: "viseme" + shape.capitalize(),
        "bd_lips": lambda shape: "lip" + shape.capitalize(),
    }
    for name, call in called.items():
        for row in scheme(name).rows:
            extras = [term.name for term in row.into if term.name in EXTRAS]
            assert extras in ([], [call(row.shape)])
    for row in scheme("fb2").rows:
        if row.shape.startswith("TONGUE_") and row.fate == Fate.EXTRA:
            words = "".join(word.capitalize() for word in row.shape.split("_"))
            assert row.into[0].name == "t" + words[1:]
    for name, shape, extra in [
        ("fb2", "CHEEK_SUCK_L", "cheekSuckLeft"),
        ("android", "TONGUE_LEFT", "tongueLeft"),
        ("ml", "LIP_TIGHTENER_R", "mouthTightenerRight"),
        ("ml", "LIP_SUCK_LB", "lipSuckLowerLeft"),
        ("htc", "LIP_TONGUE_LONGSTEP1", "tongueStep1"),
        ("htc", "LIP_TONGUE_DOWNLEFT_MORPH", "tongueDownLeft"),
        ("htc", "LIP_MOUTH_LOWER_RIGHT", "mouthLowerRight"),
    ]:
        (row,) = [row for row in scheme(name).rows if row.shape == shape]
        assert row.into[-1].name == extra


def test_what_fbs_followers_took_over_from_fb_means_the_same():
    fb2 = {row.shape: row for row in scheme("fb2").rows}
    shared = {name: 0 for name in ("fb1", "android", "ml")}
    for name in shared:
        for row in scheme(name).rows:
            if row.shape in fb2:
                assert row == fb2[row.shape]
                shared[name] += 1
    assert shared == {"fb1": 63, "android": 64, "ml": 45}


@EVERY_SCHEME
def test_a_side_of_a_face_stays_that_side(name):
    entry = scheme(name)
    for row in entry.rows:
        if name.startswith("vrm") and row.shape.startswith(("look", "Look")):
            continue  # a direction, for both eyes
        sides = re.findall(r"LEFT|RIGHT|Left|Right|(?<=_)[LR](?=$|[BT]$)", row.shape)
        for term in row.into:
            if sides and term.name.endswith(("Left", "Right")) and not term.copied:
                assert term.name.endswith("Left") == (sides[-1][0] == "L"), row.shape


def test_likelihoods_of_sounds_are_never_mixed_into_a_mouth():
    for name in ("meta_visemes", "bd_lips"):
        entry = scheme(name)
        assert len(entry.extras) == len(entry.shapes)
        assert len(entry.lacks) == COUNT
        for other in SCHEMES:
            assert name == other or not set(scheme(other).writes) & set(entry.extras)


def test_no_emotion_is_inferred():
    feelings = {"happy", "angry", "sad", "relaxed", "surprised", "Joy", "Angry", "Sorrow", "Fun"}
    for name in ("vrm0", "vrm1"):
        entry = scheme(name)
        assert feelings & set(entry.shapes) <= set(entry.lost) & set(entry.unwritten)


def test_one_lone_value_is_measured_in_at_most_one_shape_of_a_standard():
    # Where it stands for several, all but one of them are copies.
    for entry in map(scheme, SCHEMES):
        alone = [
            way[0].name
            for row in entry.rows
            for way in row.ways
            if len(way) == 1 and not way[0].copied
        ]
        assert len(alone) == len(set(alone)), entry.name


def test_arkit_ties_two_pairs_and_says_so():
    for name in ("arkit", "bd", "pico"):
        entry = scheme(name)
        assert entry.copied == ("browInnerUpRight", "cheekPuffRight")
        assert entry.lacks == entry.extras == entry.lost == ()
        assert entry.source[index("browInnerUpLeft")] == Source.MEASURED


def test_the_canonical_set_is_a_scheme_of_its_own_in_which_every_shape_is_itself():
    entry = scheme("canonical")
    assert entry.shapes == entry.measured == BLENDSHAPES
    assert entry.copied == entry.extras == entry.lacks == entry.lost == entry.unwritten == ()
    face = np.random.default_rng(4).uniform(size=(5, COUNT)).astype(np.float32)
    np.testing.assert_array_equal(entry.read(face), face)
    np.testing.assert_array_equal(entry.write(face), face)


@EVERY_SCHEME
def test_a_weight_is_absent_when_a_shape_that_it_is_made_of_is_and_moves_with_no_other(name):
    entry = scheme(name)
    weights = (*BLENDSHAPES, *entry.extras)
    rest = np.full(len(entry.shapes), 0.25, np.float32)
    at_rest = entry.read(rest)
    assert entry.made_of.keys() == {weights[k] for k in np.flatnonzero(~np.isnan(at_rest))}
    assert list(entry.made_of) == [weight for weight in weights if weight in entry.made_of]
    for place, shape in enumerate(entry.shapes):
        silent, moved = rest.copy(), rest.copy()
        silent[place], moved[place] = np.nan, 0.5
        gone = np.isnan(entry.read(silent)) & ~np.isnan(at_rest)
        share = np.nan_to_num(entry.read(moved) - at_rest) / 0.25
        expected = [entry.made_of.get(weight, {}).get(shape, 0.0) for weight in weights]
        np.testing.assert_array_equal(gone, np.array(expected) != 0)
        np.testing.assert_allclose(share, expected, atol=1e-6)


UNIFIED_LOST = (
    "NasalDilation",
    "NasalConstrict",
    "LipSuckCorner",
    "MouthUpperDeepen",
    "NeckFlex",
    "EyeDilation",
    "EyeConstrict",
)


def test_what_the_standards_cannot_carry():
    assert scheme("fb2").lacks == scheme("android").lacks == scheme("unified").lacks == ()
    assert scheme("fb1").lacks == scheme("mediapipe").lacks == ("tongueOut",)
    assert set(EYE_LOOK) < set(scheme("ml").lacks)
    hidden = ("brow", "cheekSquint", "noseSneer", "mouthDimple", "mouthStretch", "mouthPress")
    assert set(scheme("htc").lacks) == {
        *(shape for shape in BLENDSHAPES if shape.startswith(hidden)),
        "mouthShrugUpper",
    }
    assert set(scheme("unified").lost) == {
        *(f"{base}{side}" for base in UNIFIED_LOST for side in ("Left", "Right")),
        "SoftPalateClose",
        "ThroatSwallow",
    }


def test_wearers_are_columns():
    entry = scheme("fb2")
    values = np.random.default_rng(1).uniform(size=(3, 2, len(entry.shapes))).astype(np.float32)
    faces = entry.read(values)
    assert faces.shape == (3, 2, COUNT + 20)
    np.testing.assert_array_equal(faces[2, 1], entry.read(values[2, 1]))
    written = scheme("unified").write(faces, entry.extras)
    assert written.shape == (3, 2, 102)
    np.testing.assert_array_equal(written[2, 1], scheme("unified").write(faces[2, 1], entry.extras))


def test_extras_are_found_by_name_in_any_order_and_strangers_are_passed_over():
    entry = scheme("fb2")
    values = np.linspace(0, 1, 70, dtype=np.float32)
    face = entry.read(values)
    order = [*reversed(range(COUNT, COUNT + 20))]
    shuffled = np.concatenate([face[:COUNT], face[order], [0.9]])
    names = (*reversed(entry.extras), "visemeSil")
    np.testing.assert_array_equal(entry.write(shuffled, names), values)


def test_values_no_weight_can_have():
    entry = scheme("arkit")
    wild = np.zeros((2, 52))
    wild[0, entry.shapes.index("jawOpen")] = 1.08
    wild[0, entry.shapes.index("mouthLeft")] = -0.2
    for shape, value in (("jawLeft", np.nan), ("jawRight", np.inf), ("tongueOut", 1e300)):
        wild[0, entry.shapes.index(shape)] = value
    face = dict(zip(BLENDSHAPES, entry.read(wild)[0].tolist(), strict=True))
    assert (face["jawOpen"], face["mouthLeft"], face["eyeWideLeft"]) == (1.0, 0.0, 0.0)
    assert np.isnan([face["jawLeft"], face["jawRight"], face["tongueOut"]]).all()
    assert not np.isnan(entry.read(wild)[1]).any()


def test_a_table_of_ones_own(tmp_path):
    path = tmp_path / "scheme_mine.csv"
    path.write_text(
        "# mine, for a test\nshape,into,from,fate,note\n"
        "Mouth Open,jawOpen,jawOpen,measured,a name with a space\n"
        "Grin,mouthSmileLeft + copy mouthSmileRight,0.5 mouthSmileLeft + 0.5 mouthSmileRight,"
        "copied,\nEars,,,lost,\n"
    )
    mine = scheme(path)
    assert (mine.name, mine.summary) == ("mine", "mine, for a test")
    assert mine.measured == ("jawOpen", "mouthSmileLeft")
    assert mine.copied == ("mouthSmileRight",)
    assert mine.lost == mine.unwritten == ("Ears",)
    back = mine.write(mine.read([0.3, 0.8, 0.5]))
    absent_or_same(back, [0.3, 0.8, np.nan])
    assert scheme(str(path)).shapes == mine.shapes


def test_clear_errors(tmp_path):
    with pytest.raises(UnknownName, match="Did you mean 'arkit'"):
        scheme("arkitt")
    with pytest.raises(UnknownName, match="Known: android, "):
        scheme("rigid")
    with pytest.raises(BadUse, match="takes 52 values"):
        scheme("arkit").read(np.zeros(54))
    with pytest.raises(BadUse, match="takes 55 values"):
        scheme("arkit").write(np.zeros(54), ("tongueUp",))
    with pytest.raises(BadUse, match="takes 54 values"):
        scheme("arkit").write_source(np.zeros(52, np.uint8))
    with pytest.raises(BadUse, match="cannot be read"):
        scheme(tmp_path / "none.csv")
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(BadUse, match="cannot be read"):
        scheme(tmp_path / "binary.csv")
