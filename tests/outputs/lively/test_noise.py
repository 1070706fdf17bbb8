"""Random numbers that a wearer draws alone as among others."""

import numpy as np

from vrface.outputs.lively.noise import Noise

FIRST = [0.6524484863740323, 0.7012121095215254, 0.38712414097578557]


def test_numbers_are_uniform_and_normal():
    noise = Noise([3])
    uniform, normal = noise.uniform(100_000)[0], noise.normal(100_000)[0]
    assert uniform.min() > 0.0
    assert uniform.max() < 1.0
    np.testing.assert_allclose(np.quantile(uniform, [0.1, 0.5, 0.9]), [0.1, 0.5, 0.9], atol=0.01)
    np.testing.assert_allclose([normal.mean(), normal.std()], [0.0, 1.0], atol=0.01)
    assert abs(np.corrcoef(normal[:-1], normal[1:])[0, 1]) < 0.01
    assert abs((normal > 1.96).mean() - 0.025) < 0.002


def test_a_seed_alone_draws_what_it_draws_among_others():
    together, alone = Noise([1, 2, 2**64 - 1]), Noise([2])
    for count in (5, 8):
        np.testing.assert_array_equal(together.normal(count)[1], alone.normal(count)[0])


def test_neighbouring_seeds_are_unrelated():
    one, other = Noise([7, 8]).normal(20_000)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.03


def test_the_first_numbers_of_a_seed_never_change():
    np.testing.assert_allclose(Noise([0]).uniform(3)[0], FIRST, rtol=1e-12)
