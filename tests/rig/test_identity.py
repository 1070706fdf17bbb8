from __future__ import annotations

import numpy as np

from vrface.rig.average import average
from vrface.rig.eyes import lid_loop
from vrface.rig.identity import Identity
from vrface.rig.piece import PAINTS
from vrface.rig.rig import Rig

PEOPLE = [Identity.drawn(seed) for seed in range(300)]


def test_the_average_person_differs_from_the_average_in_nothing():
    person = Identity.drawn(None)
    assert person.size == 1
    assert not person.shape.any()
    np.testing.assert_array_equal(Rig.drawn(None).neutral, average().points)


def test_people_scatter_around_the_average():
    shapes = np.array([person.shape for person in PEOPLE])
    assert np.abs(shapes.mean(axis=0)).max() < 0.25
    assert 0.7 < shapes.std() < 1.1
    apart = np.array([63 + 2 * person.spacing for person in PEOPLE]) * [p.size for p in PEOPLE]
    assert apart.min() > 50  # Dodgson 2004: nearly all adults have 50 to 75 mm
    assert apart.max() < 75
    assert 1.5 < apart.std() < 4.0


def test_colours_are_colours_and_hair_is_darker_with_darker_skin():
    palettes = np.array([person.palette for person in PEOPLE])
    assert (palettes >= 0).all()
    assert (palettes <= 1).all()
    skin = palettes[:, PAINTS.index("skin")].mean(axis=1)
    hair = palettes[:, PAINTS.index("hair")].mean(axis=1)
    light, dark = skin > np.quantile(skin, 0.7), skin < np.quantile(skin, 0.3)
    assert np.median(hair[dark]) <= np.median(hair[light])


def test_lids_fit_everybodys_eyeballs():
    upper = lid_loop(upper=True)
    mean = Rig.drawn(None)
    rest = mean.neutral[upper] - mean.eyes[1]
    for seed in range(8):
        person, rig = Identity.drawn(seed), Rig.drawn(seed)
        way = rig.neutral[upper] - rig.eyes[1]
        np.testing.assert_allclose(way, rest * person.size, atol=2e-4)
