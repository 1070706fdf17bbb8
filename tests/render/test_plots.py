"""The timeline: a picture of the promised size with ink in it, and honest words on it."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.text import Text

from vrface.render.plots import HiddenChannel, SeenChannel, Timeline, draw_timeline


def hidden(name="browDownLeft", truth=None, frames=300):
    mean = np.full(frames, 0.3, np.float32)
    truth = np.full(frames, 0.35, np.float32) if truth is None else truth
    return HiddenChannel(name, truth, mean, mean - 0.2, mean + 0.2)


def timeline(channels, frames=300):
    seconds = 10 + np.arange(frames) / 60
    seen = [
        SeenChannel("left", np.sin(seconds).astype(np.float32), "lid openness"),
        SeenChannel("right", np.full(frames, np.nan, np.float32), "lid openness"),
        SeenChannel("jawOpen", np.cos(seconds).astype(np.float32), "mouth"),
    ]
    return Timeline("a headset, a person, simulated", seconds, channels, seen)


def test_the_picture_has_the_promised_size_and_shows_the_truth(tmp_path):
    lost = np.full(300, np.nan, np.float32)
    draw_timeline(timeline([hidden(), hidden(truth=lost)]), tmp_path / "one.png")
    draw_timeline(timeline([hidden(), hidden()]), tmp_path / "two.png")
    one, two = imread(tmp_path / "one.png"), imread(tmp_path / "two.png")
    assert one.shape[:2] == (1000, 1400)
    assert (one != two).any()


def test_no_word_lies_on_a_curve(tmp_path, monkeypatch):
    figures = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, *_, **__: figures.append(figure))
    full = np.ones(300, np.float32)
    draw_timeline(timeline([hidden(f"shape{i}", full) for i in range(6)]), tmp_path / "a.png")
    (figure,) = figures
    figure.draw_without_rendering()
    panels = [axis.get_window_extent() for axis in figure.axes]
    words = [text for axis in figure.axes for text in axis.get_children() if isinstance(text, Text)]
    words = [text for text in words if text.get_text()]
    words += [axis.get_legend() for axis in figure.axes if axis.get_legend()]
    assert len(words) == 2 * 6 + 2 * 2  # name and note; name and legend
    for word in [*words, *figure.texts]:
        assert not any(word.get_window_extent().overlaps(panel) for panel in panels), word


def test_the_band_is_never_cut_off(tmp_path, monkeypatch):
    figures = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, *_, **__: figures.append(figure))
    doubtful = hidden()
    draw_timeline(timeline([doubtful]), tmp_path / "a.png")
    assert figures[0].axes[0].get_ylim()[1] >= doubtful.high.max()


def test_one_and_six_channels_fit(tmp_path):
    for count in (1, 6):
        draw_timeline(timeline([hidden(f"shape{i}") for i in range(count)]), tmp_path / "a.png")
        assert imread(tmp_path / "a.png").shape[:2] == (1000, 1400)


def test_without_anything_seen_the_hidden_shapes_have_the_picture(tmp_path, monkeypatch):
    figures = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, *_, **__: figures.append(figure))
    both = timeline([hidden()])
    for drawn in (both, replace(both, seen=[])):
        draw_timeline(drawn, tmp_path / "a.png")
    with_seen, alone = figures
    assert len(alone.axes) == 1
    assert alone.axes[0].get_position().height > 1.3 * with_seen.axes[0].get_position().height
    words = [" ".join(text.get_text() for text in figure.texts) for figure in figures]
    assert ["SEEN" in text for text in words] == [True, False]


def test_inside_counts_known_frames_only():
    truth = np.array([0.3, 0.9, np.nan, 0.1], np.float32)
    assert hidden(truth=truth, frames=4).inside == pytest.approx(2 / 3)
    assert np.isnan(hidden(truth=np.full(4, np.nan, np.float32), frames=4).inside)
