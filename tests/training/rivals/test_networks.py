"""The GRU and the TCN: chunk by chunk as unrolled, causal, and restored from their arrays alone."""

import numpy as np
import pytest

from tests.training.rivals.small_cases import wandering
from vrface.errors import CheckpointError
from vrface.face.blendshapes import COUNT
from vrface.model.checkpoint import LEARNED_RIVALS
from vrface.model.config import NetworkConfig
from vrface.model.features import PLANES, SLOTS
from vrface.model.network import NetworkArchitecture
from vrface.training.rivals import networks
from vrface.training.rivals.networks import (
    ARCHITECTURES,
    DILATIONS,
    KERNEL,
    GruArchitecture,
    TcnArchitecture,
)
from vrface.training.sequences import CHUNK

HEARD = tuple(place for place, (stream, _) in enumerate(SLOTS) if stream != "upper_face")
FRAMES = CHUNK + 90


@pytest.fixture(
    params=[GruArchitecture(HEARD, 12), TcnArchitecture(HEARD, 12)], ids=list(ARCHITECTURES)
)
def architecture(request):
    return request.param


def packed(architecture):
    """Arrays of a network whose laws are worth looking at."""
    rng = np.random.default_rng(1)
    params = {
        name: rng.normal(0.0, 0.3, shape).astype(np.float32)
        for name, shape in architecture.shapes().items()
    }
    return params, architecture.packed(params)


def test_a_case_in_chunks_is_as_unrolled_at_once(architecture):
    params, arrays = packed(architecture)
    sensed = wandering(FRAMES)
    law = networks.draft(architecture.name, arrays, sensed)
    nowhere = np.zeros((2, 0), np.float32)  # places are not looked at
    rows = sensed.features.swapaxes(0, 1), sensed.dt.T
    loc, scale, _ = architecture.unroll(params, *rows, sensed.summary, nowhere)
    assert law.loc.shape == (2, FRAMES, COUNT)
    assert loc.std() > 0.05
    np.testing.assert_allclose(law.loc, loc, atol=1e-5)
    np.testing.assert_allclose(law.scale, scale, atol=1e-5)


def test_nothing_is_known_before_it_happens(architecture):
    _, arrays = packed(architecture)
    sensed, other = wandering(300), wandering(300)
    other.features[200:, :, 0] += 0.5
    one, two = (networks.draft(architecture.name, arrays, each).loc for each in (sensed, other))
    np.testing.assert_array_equal(one[:, :200], two[:, :200])
    assert (one[:, 200] != two[:, 200]).any()


def test_wearers_do_not_touch_each_other(architecture):
    _, arrays = packed(architecture)
    sensed, other = wandering(40), wandering(40)
    other.features[:, 0] *= 3.0
    one, two = (networks.draft(architecture.name, arrays, each).loc for each in (sensed, other))
    np.testing.assert_allclose(one[1], two[1], atol=1e-6)


def test_what_is_known_of_a_wearer_changes_what_is_said_of_them_alone(architecture):
    _, arrays = packed(architecture)
    sensed, other = wandering(40), wandering(40)
    other.summary[0] += 0.5
    one, two = (networks.draft(architecture.name, arrays, each).loc for each in (sensed, other))
    assert np.abs(one[0] - two[0]).max() > 1e-3
    np.testing.assert_allclose(one[1], two[1], atol=1e-6)


def test_the_tcn_remembers_as_long_as_its_blocks_look_back():
    architecture = TcnArchitecture(HEARD, 12)
    _, arrays = packed(architecture)
    sensed, other = wandering(300), wandering(300)
    other.features[0, :, 0] += 0.5
    one, two = (networks.draft("tcn", arrays, each).loc for each in (sensed, other))
    reach = (KERNEL - 1) * sum(DILATIONS)
    assert (one[:, reach] != two[:, reach]).any()
    np.testing.assert_array_equal(one[:, reach + 1 :], two[:, reach + 1 :])


def test_what_an_absent_slot_holds_and_unheard_slots_are_not_looked_at(architecture):
    _, arrays = packed(architecture)
    sensed, other = wandering(20, present=0.5), wandering(20, present=0.5)
    absent = other.features[:, :, PLANES.index("present")] == 0
    unheard = np.setdiff1d(np.arange(len(SLOTS)), HEARD)
    for plane in ("value", "difference", "age"):
        other.features[:, :, PLANES.index(plane)][absent] = 7.0
    other.features[..., unheard] = 5.0
    one, two = (networks.draft(architecture.name, arrays, each).loc for each in (sensed, other))
    np.testing.assert_array_equal(one, two)


def test_parameters_are_of_the_class_of_the_model():
    model = NetworkArchitecture(NetworkConfig(slots=HEARD))
    for made in (GruArchitecture(HEARD), TcnArchitecture(HEARD)):
        count, ours = (
            sum(int(np.prod(shape)) for shape in one.shapes().values()) for one in (made, model)
        )
        assert 0.4 < count / ours < 1.5
        drawn = made.drawn(0)
        assert {name: leaf.shape for name, leaf in drawn.items()} == made.shapes()


def test_they_are_named_as_a_checkpoint_names_them():
    assert set(ARCHITECTURES) < set(LEARNED_RIVALS)
    for name, kind in ARCHITECTURES.items():
        arrays = packed(kind((4, 9), 3))[1]
        assert all(key.startswith(f"{name}.") for key in arrays)
        assert all(value.dtype == np.float32 for value in arrays.values())


def test_arrays_of_no_such_network_are_refused(architecture):
    _, arrays = packed(architecture)
    name = architecture.name
    kernel = f"{name}.inputs.mix.kernel"
    for wrong in (
        {},
        {key: value for key, value in arrays.items() if key != kernel},
        arrays | {kernel: arrays[kernel][1:]},
        arrays | {f"{name}.slots": np.array([0.5], np.float32)},
        arrays | {f"{name}.slots": np.array([len(SLOTS)], np.float32)},
        arrays | {f"{name}.slots": np.zeros(0, np.float32)},
    ):
        with pytest.raises(CheckpointError, match=f"the checkpoint's {name} h"):
            networks.draft(name, wrong, wandering(2))
