"""The grammar of a scheme's table, and what a stranger is told of a wrong one."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrface.errors import BadUse
from vrface.face.extras import EXTRAS
from vrface.face.scheme_table import (
    COLUMNS,
    KNOWN,
    MOST_SHARE,
    Fate,
    Row,
    Term,
    parse,
    terms_of,
    text_of,
)
from vrface.face.schemes import from_table

HEADER = ",".join(COLUMNS)


def table(*lines):
    return "\n".join(["# a standard", "# more of it", HEADER, *lines])


def row(line):
    (found,) = parse(table(line), "mine").rows
    return found


def test_a_line_says_where_a_value_goes_and_comes_from():
    found = parse(
        table(
            "A, 0.25 mouthFunnel+lipFunnelUpperLeft , lipFunnelUpperLeft | copy mouthFunnel,"
            'merged,"a note, with a comma"',
            "B,browInnerUpLeft + copy browInnerUpRight,0.5 browInnerUpLeft + .5 browInnerUpRight,"
            "copied,",
            "C,,jawOpen - 0.5 mouthPucker,lost,",
        ),
        "mine",
    )
    assert found.summary == "a standard"
    assert found.rows == (
        Row(
            "A",
            (Term("mouthFunnel", 0.25, False), Term("lipFunnelUpperLeft", 1.0, False)),
            ((Term("lipFunnelUpperLeft", 1.0, False),), (Term("mouthFunnel", 1.0, True),)),
            Fate.MERGED,
            "a note, with a comma",
        ),
        Row(
            "B",
            (Term("browInnerUpLeft", 1.0, False), Term("browInnerUpRight", 1.0, True)),
            ((Term("browInnerUpLeft", 0.5, False), Term("browInnerUpRight", 0.5, False)),),
            Fate.COPIED,
            "",
        ),
        Row(
            "C",
            (),
            ((Term("jawOpen", 1.0, False), Term("mouthPucker", -0.5, False)),),
            Fate.LOST,
            "",
        ),
    )


def test_names_of_shapes_are_the_standards_own():
    for shape in ("Mouth Open", "Fcl_MTH_A", "あ", "v2/JawOpen"):
        assert row(f"{shape},jawOpen,jawOpen,measured,").shape == shape


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["A,jawOpen,jawOpen,measured"], "has 4 cells"),
        (["A,jawOpen,jawOpen,measured,,"], "has 6 cells"),
        ([",jawOpen,jawOpen,measured,"], "a shape first"),
        (["A,jawOpenn,,measured,"], "Did you mean 'jawOpen'"),
        (["A,,tongueUpp,lost,"], "Did you mean 'tongueUp'"),
        (["A,jawOpen,jawOpen,mesured,"], "Did you mean 'measured' or"),
        (["A,jawOpen,jawOpen,,"], "unknown fate"),
        (["A,jawOpen jawLeft,,merged,"], "cannot read"),
        (["A,jawOpen +,,merged,"], "cannot read"),
        (["A,jawOpen & jawLeft,,merged,"], "cannot read"),
        (["A,,jawOpen |,lost,"], "cannot read"),
        (["A,,| jawOpen,lost,"], "cannot read"),
        (["A,,jawOpen || jawLeft,lost,"], "cannot read"),
        (["A,1..2 jawOpen,,merged,"], "no number"),
        (["A,0 jawOpen,,merged,"], "a share of 0"),
        (["A,101 jawOpen,,merged,"], "a share of 101"),
        ([f"A,{'9' * 400} jawOpen,,merged,"], "a share of 999"),
        (["A,-1e3 jawOpen,,merged,"], "cannot read"),
        (["A,jawOpen + 0.5 jawOpen,,merged,"], "names jawOpen twice"),
        (["A,,0.5 jawOpen + copy jawLeft,lost,"], "copies more than one"),
        (["A,jawOpen,,measured,", "A,jawLeft,,measured,"], "'A' 2 times"),
        (["A,jawOpen,,merged,"], "makes it measured, but its fate says merged"),
        (["A,jawOpen,,lost,"], "makes it measured, but its fate says lost"),
        (["A,0.5 jawOpen,,measured,"], "makes it merged"),
        (["A,jawOpen,,measured,", "B,jawOpen,,measured,"], "makes it merged"),
        (["A,jawOpen + tongueUp,,measured,"], "makes it merged"),
        (["A,tongueUp,,measured,"], "makes it extra"),
        (["A,,,extra,"], "makes it lost"),
        (["A,jawLeft + copy jawRight,,measured,"], "makes it copied"),
        (
            ["A,jawLeft + copy jawRight,,copied,", "B,jawRight,,measured,"],
            "jawRight is copied from 'A', and another",
        ),
        ([f"S{k},{name},,extra," for k, name in enumerate(EXTRAS[:43])], "43 extras"),
        ([], "no shapes"),
    ],
)
def test_a_wrong_table_says_what_is_wrong_and_where(lines, says):
    with pytest.raises(BadUse, match="mine") as error:
        parse(table(*lines), "mine")
    assert says in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "text", ["", "# only a comment", "shape,into\nA,jawOpen", "index,name,x,y,z", HEADER.upper()]
)
def test_a_table_has_its_columns(text):
    with pytest.raises(BadUse, match=r"columns|no table"):
        parse(text, "mine")


_PIECE = st.one_of(
    st.sampled_from([*KNOWN[:4], "tongueUp", "copy", "+", "-", "|", ",", "0.5", ".", '"', "\n"]),
    st.sampled_from([*Fate, *COLUMNS, HEADER, "#", " ", "\0", "é", "1e999"]),
    st.text(max_size=6),
)
_TERM = st.tuples(
    st.sampled_from(["", "copy "]), st.sampled_from(["", "0.5 ", "2 "]), st.sampled_from(KNOWN)
).map("".join)
_SUM = st.lists(_TERM, max_size=3).map(" + ".join)
_LINE = st.tuples(
    st.sampled_from("ABCDE"),
    _SUM,
    st.lists(_SUM, max_size=3).map(" | ".join),
    st.sampled_from(list(Fate)),
    st.just(""),
).map(",".join)


_TERMS = st.lists(
    st.builds(
        Term,
        st.sampled_from(KNOWN),
        st.floats(0, MOST_SHARE, exclude_min=True).flatmap(lambda s: st.sampled_from([s, -s])),
        st.booleans(),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda term: term.name,
).map(tuple)


@given(_TERMS)
def test_a_sum_that_is_written_reads_as_it_was(terms):
    assert terms_of(text_of(terms), "mine") == terms


def test_a_sum_is_written_as_a_person_would():
    for text in (
        "jawOpen - mouthClose - 0.5 mouthFunnel",
        "0.25 mouthFunnel + lipFunnelUpperLeft",
        "browInnerUpLeft + copy browInnerUpRight",
        "- copy 0.5 jawOpen",
    ):
        assert text_of(terms_of(text, "mine")) == text
    assert text_of(()) == ""


@given(st.lists(_PIECE, max_size=40).map("".join))
def test_whatever_is_written_only_bad_use_comes_of_it(text):
    for whole in (text, f"{HEADER}\n{text}", f"{HEADER}\nA,{text},lost,"):
        with suppress(BadUse):  # UnknownName is one
            parse(whole, "mine")


@given(st.lists(_LINE, min_size=1, max_size=5))
def test_whatever_parses_makes_a_scheme_that_reads_and_writes(lines):
    try:
        found = from_table("mine", parse(table(*lines), "mine"))
    except BadUse:
        return
    weights = found.read([0.5] * len(found.rows))
    assert weights.shape == (54 + len(found.extras),)
    assert found.write(weights, found.extras).shape == (len(lines),)
