import numpy as np
import pytest

from tests.simulation.simulators.posing import (
    EVERYTHING,
    posing,
    positions,
    sensed,
    step,
    wear,
)
from vrface.simulation.simulators import emg
from vrface.simulation.simulators.emg import (
    BAND_HZ,
    ENVELOPE_HZ,
    FAMILIES,
    LEAD_S,
    MUSCLES,
    activations,
    contact,
    rectified_mean,
)
from vrface.simulation.simulators.registry import SIMULATORS
from vrface.simulation.simulators.signals import one_pole

EMG = EVERYTHING.streams[EVERYTHING.stream_index("emg")]
BROWS = ["browInnerUpLeft", "browInnerUpRight", "browOuterUpLeft", "browOuterUpRight"]
SMILE = ["mouthSmileLeft", "mouthSmileRight"]


def rise(shapes, wearers=range(1, 13), **kinds):
    """[channels] median over people of the envelope after the step over that before."""
    ratios = []
    for wearer in wearers:
        worn = wear(posing(shapes, step, wearer=wearer, **kinds), wearer=wearer)
        time_s, values = sensed("emg", worn)
        ratios.append(values[time_s > 3.5].mean(axis=0) / values[time_s < 2.5].mean(axis=0))
    return np.median(ratios, axis=0)


def test_a_brow_raise_shows_above_the_brow_and_not_at_the_cheek():
    places = positions("emg")
    ratio = rise(BROWS)
    assert ratio[places[:, 1] > 0.02].min() > 2
    assert ratio[places[:, 1] < -0.02].max() < 1.3


def test_each_side_hears_its_own_smile():
    places = positions("emg")
    cheeks = places[:, 1] < -0.02
    ratio = rise(["mouthSmileLeft"])
    left, right = ratio[cheeks & (places[:, 0] < 0)], ratio[cheeks & (places[:, 0] > 0)]
    assert left.min() > 3
    assert right.max() < 1.5


def test_a_clench_shows_though_nothing_moves():
    performance = posing([], step, clench=1.0)
    assert np.ptp(performance.weights, axis=0).max() == 0
    assert rise([], clench=1.0).max() > 2.5


def test_muscles_lead_motion_by_seventy_milliseconds():
    leads = []
    time_s = np.arange(0.0, 6.0, 0.002)
    for wearer in range(1, 13):
        worn = wear(posing(BROWS + SMILE, step, wearer=wearer), wearer=wearer)
        active = activations(worn, time_s)
        active = active[:, active.max(axis=0) > 0.5]
        # Motion is halfway when a muscle of power 1 is; a larger power comes later on a rise,
        # so what is compared is where each starts.
        begun = time_s[(active > 1e-3).argmax(axis=0)]
        leads.extend(3.0 - begun + 0.01)
    assert np.mean(leads) == pytest.approx(LEAD_S, abs=0.012)
    assert 0.01 < np.std(leads) < 0.03


def test_the_envelope_rises_before_the_skin_moves():
    time_s = np.arange(0.0, 6.0, 1 / EMG.rate_hz)
    values = np.mean(
        [
            SIMULATORS["emg"].sense(
                EMG, wear(posing(SMILE, step, wearer=wearer), wearer=wearer), time_s
            )[:, 6:]
            for wearer in range(1, 25)
        ],
        axis=(0, 2),
    )
    rest, full = values[time_s < 2.5].mean(), values[time_s > 4].mean()
    half = time_s[(values > (rest + full) / 2).argmax()]
    assert 0.01 < 3.1 - half < 0.08  # motion is halfway at 3.1 s; the envelope itself is late


def test_the_law_of_the_envelope_is_that_of_rectified_noise():
    rng = np.random.default_rng(0)
    rate, count = 2000, 120_000
    spectrum = np.fft.rfft(rng.standard_normal(count))
    frequency = np.fft.rfftfreq(count, 1 / rate)
    spectrum[(frequency < 20) | (frequency > 20 + BAND_HZ)] = 0
    made = np.abs(np.fft.irfft(spectrum))
    drawn = rectified_mean(np.ones((12_000, 1)), rng, np.full((12_000, 1), 0.005), 1.0)

    tau_s = 1 / (2 * np.pi * ENVELOPE_HZ)
    slow = one_pole(made[:, None] / made.mean(), np.arange(count) / rate, tau_s)[1000::10, 0]
    fast = one_pole(drawn, np.arange(12_000) / 200, tau_s)[100:, 0]
    assert fast.mean() == pytest.approx(1.0, abs=0.02)
    assert fast.std() == pytest.approx(slow.std(), rel=0.1)
    assert np.percentile(fast, [5, 95]) == pytest.approx(np.percentile(slow, [5, 95]), rel=0.05)


def test_contact_is_poor_somewhere_in_seven_of_twenty_five_donnings():
    drawn = [contact(np.random.default_rng(seed), 8) for seed in range(2000)]
    poor = np.array([hum > 1.0 for _, hum, _ in drawn])
    assert poor.any(axis=1).mean() == pytest.approx(7 / 25, abs=0.03)
    assert poor.sum(axis=1).max() <= 4
    gain = np.array([gain for gain, _, _ in drawn])
    assert np.median(gain[poor]) < 0.4 < np.median(gain[~poor])
    bursts = np.array([bursts for _, _, bursts in drawn])
    assert (bursts[poor] > 0).all()
    assert (bursts[~poor] == 0).all()


def test_an_electrode_of_poor_contact_hears_less(monkeypatch):
    performance = posing(SMILE, step)
    ratios = []
    for poor in (0.0, 1.0):
        monkeypatch.setattr(emg, "POOR_CONTACT", poor)
        time_s, values = sensed("emg", wear(performance, number=0))
        ratios.append(values[time_s > 3.5].mean(axis=0) / values[time_s < 2.5].mean(axis=0))
    good, bad = ratios
    assert (bad < 0.8 * good).any()


@pytest.mark.parametrize("held_out", [False, True])
@pytest.mark.parametrize("number", range(3))
def test_envelopes_are_microvolts(number, held_out):
    worn = wear(posing(SMILE, step, clench=1.0), number=number, held_out=held_out)
    values = sensed("emg", worn)[1]
    assert values.dtype == np.float32
    assert values.shape == (1200, 8)
    assert values.min() > 0
    assert values.max() < 1e-3
    assert 5e-7 < np.median(values[:400]) < 2e-5


def test_the_same_performance_gives_the_same_bytes():
    performance = posing(SMILE, step)
    once, again = (sensed("emg", wear(performance))[1] for _ in range(2))
    assert once.tobytes() == again.tobytes()


def test_the_kind_held_out_has_other_noise(monkeypatch):
    monkeypatch.setattr(emg, "TONE", 0.0)
    performance = posing([], step, seconds=30.0)
    assert wear(performance, held_out=True).family("emg") == FAMILIES[-1]
    shake = []
    for family in FAMILIES:
        values = sensed("emg", wear(performance, families={"emg": family}), 30.0)[1]
        shake.append(np.median(values.std(axis=0) / values.mean(axis=0)))
    assert shake[-1] > 1.1 * max(shake[:-1])


def test_no_muscle_works_for_a_lid_that_follows_the_gaze():
    down = posing(["eyeLookDownLeft", "eyeLookDownRight"], step)
    active = activations(wear(down), np.arange(0.0, 6.0, 0.01))
    assert np.ptp(active, axis=0).max() < 1e-6
    assert active.shape == (600, 2 * len(MUSCLES))
