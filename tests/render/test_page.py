"""The page: one file, no network, every word from outside escaped."""

import re
from base64 import b64decode
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from vrface.render.page import Page, page

CONTENT = Page(
    headset="vive_pro_eye_lip",
    labels=("simulated face", "simulated sensors"),
    simulated=True,
    seconds=45.2,
    hidden=17,
    coverage=0.91,
    columns=("hidden", "brow"),
    rows=(("model", ("12.3", "14.0")), ("neutral", ("20.1", "-")), ("copy_rule", ("30", "31"))),
    verdict="A rival was better: neutral.",
    facts=(("wearer", "<script>alert(1)</script>"),),
    picture=b"\x89PNG picture",
    video=b"\x1aE\xdf\xa3 video",
)
VOID = {"meta", "img", "br"}


class _Balance(HTMLParser):
    """Checks that every element opened is closed, in order."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_well_formed():
    balance = _Balance()
    balance.feed(page(CONTENT))
    assert balance.open == []


def test_the_page_needs_nothing_from_outside():
    text = page(CONTENT)
    assert not re.search(r"""(src|href)\s*=\s*["'](?!data:)""", text)
    assert "http" not in text
    assert "@import" not in text


def test_without_a_video_there_is_no_word_of_one():
    text = page(replace(CONTENT, video=None))
    assert "<video" not in text
    assert "Three faces" not in text


def test_the_video_travels_inside():
    encoded = re.search(r"data:video/webm;base64,([^\"]+)", page(CONTENT))
    assert encoded
    assert b64decode(encoded[1]) == CONTENT.video


def test_the_picture_travels_inside():
    encoded = re.search(r"data:image/png;base64,([^\"]+)", page(CONTENT))
    assert encoded
    assert b64decode(encoded[1]) == CONTENT.picture


def test_the_page_says_what_was_measured():
    text = page(CONTENT)
    for words in ("12.3", "30", "91%", "45 seconds", "simulated sensors", CONTENT.verdict):
        assert words in text
    assert "hidden shapes copied from visible ones" in text
    assert "prefers-color-scheme: dark" in text


@pytest.mark.parametrize(
    ("coverage", "words"),
    [
        (0.71, "too sure of itself"),
        (0.9, "as it should be"),
        (0.8651, "<b>87%</b>, as it should be"),
        (0.9349, "<b>93%</b>, as it should be"),
        (0.8649, "<b>86%</b>, so here it is too sure of itself"),
        (0.9351, "<b>94%</b>, so here it shows more doubt"),
        (0.99, "more doubt"),
        (None, "scored"),
    ],
)
def test_coverage_is_judged(coverage, words):
    assert words in page(replace(CONTENT, coverage=coverage))


@pytest.mark.parametrize("simulated", [True, False])
def test_a_simulated_face_is_said_to_be_easier(simulated):
    text = " ".join(page(replace(CONTENT, simulated=simulated)).split())
    words = "learned from wearers made by this same simulator: real faces are harder."
    assert (words in text) is simulated


def test_words_from_outside_are_escaped():
    assert "<script>" not in page(CONTENT)
