"""The benchmark of the step: two sides that take turns, and must agree before they are timed."""

import jax.numpy as jnp
import numpy as np
import pytest

from benchmarks import step
from vrface.model.config import NetworkConfig
from vrface.model.known import Known
from vrface.model.network import NetworkArchitecture

NET = NetworkArchitecture(
    NetworkConfig(width=8, encoder_width=4, slot_width=4, blocks=1, memory=4, hidden=4)
)
PARAMS = NET.drawn(0)


def test_our_side_is_the_step_of_a_session() -> None:
    told = step.known(NET, 2, 0)
    frames, taken = step.inputs(2, 5, 0), step.jax_step(NET, PARAMS, 2, told)
    carry = NET.new_carry(2)
    kept = Known(**{name: jnp.asarray(value) for name, value in told.items()})
    for frame in frames:
        carry, expected = NET.step(NET.prepared(PARAMS), carry, *frame, kept)
        for name, got in zip(step.QUANTITIES, taken(*frame), strict=True):
            assert isinstance(got, np.ndarray)
            np.testing.assert_array_equal(got, expected[name])


def test_the_other_side_is_the_same_step_exported() -> None:
    told = step.known(NET, 2, 0)
    ours, theirs = (side(NET, PARAMS, 2, told) for side in (step.jax_step, step.onnx_step))
    assert step.disagreement(ours, theirs, step.inputs(2, 8, 0)) < step.AGREE


def test_sides_that_differ_are_found_also_after_many_frames() -> None:
    frames = step.inputs(1, 8, 0)
    told = step.known(NET, 1, 0)
    ours, same = (step.jax_step(NET, PARAMS, 1, told) for _ in range(2))
    assert step.disagreement(ours, same, frames) == 0.0
    calls = 0

    def late(features, dt):
        nonlocal calls
        calls += 1
        return [law + np.float32(calls == 8) * 1e-3 for law in same(features, dt)]

    assert step.disagreement(ours, late, frames) == pytest.approx(1e-3, rel=0.01)


def test_sides_take_turns_and_every_call_is_counted() -> None:
    order: list[str] = []

    def side(name):
        def taken(*_):
            order.append(name)
            return []

        return taken

    ours, theirs = step.interleaved((side("a"), side("b")), step.inputs(1, 3, 0), 4 * step.ROUNDS)
    assert ours.shape == theirs.shape == (step.ROUNDS, 4)
    assert (ours > 0).all()
    assert (theirs > 0).all()
    begins = order[:: 2 * 4]
    assert len(begins) == step.ROUNDS + 1
    assert abs(begins.count("a") - begins.count("b")) <= 1
    assert order.count("a") == order.count("b") == 4 * (step.ROUNDS + 1)


def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(step, "find_spec", lambda name: None)
    with pytest.raises(SystemExit) as left:
        step.main([])
    assert left.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "pip install -e '.[onnx]'" in line
