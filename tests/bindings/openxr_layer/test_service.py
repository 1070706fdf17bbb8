"""The service comes, goes, dies, is replaced: the application notices by its faces alone."""

from __future__ import annotations

import os
import time

import numpy as np
import pytest

from tests.bindings.openxr_layer.conftest import FACE2, Service, at_once, live, read, seen, written
from tests.openxr.client import xr
from tests.openxr.faces import Face2
from tests.wire.frame_blocks import OTHER, SESSION
from vrface.face.schemes import scheme
from vrface.wire.faces_file import FILE_BYTES, block_at

FB2 = scheme("fb2")
SLOW_US = 10**6
"""A second from face to face: such a face grows stale after three, were the service alive."""


@pytest.fixture
def tracker(play):
    return Face2(play(FACE2))


def test_without_a_service_there_is_no_face(tracker, path):
    answer = tracker.read()
    assert (answer.result, answer.valid) == (xr.Result.SUCCESS, False)
    assert not answer.weights.any()
    with Service(path) as service:
        assert not tracker.read().valid
        assert seen(service, tracker, live(1)).valid
    assert not tracker.read().valid


@pytest.mark.parametrize("period_us", [11_111, SLOW_US])
def test_a_service_that_falls_silent_is_known_for_gone(service, tracker, period_us):
    assert seen(service, tracker, live(1), period_us=period_us).valid
    for _ in range(5):
        assert read(service, tracker, live(1), period_us=period_us).valid
        time.sleep(max(0.0, 0.15 - (time.perf_counter_ns() - service.published_ns) / 1e9))
        answer = tracker.read()
        assert not answer.valid
        assert not answer.weights.any()


def test_a_slow_face_stands_while_the_service_lives(service, tracker):
    assert seen(service, tracker, live(1), period_us=SLOW_US).valid
    answer = at_once(
        lambda: (service.show(live(1), period_us=SLOW_US, age_ns=10**9), tracker.read())[1]
    )
    assert answer.valid
    answer = at_once(
        lambda: (service.show(live(1), period_us=11_111, age_ns=10**9), tracker.read())[1]
    )
    assert not answer.valid


def test_services_follow_each_other(tracker, path):
    for round_ in range(5):
        with Service(path) as service:
            session = f"{round_:02x}" * 15 + "77"
            face = live(round_)
            answer = seen(service, tracker, face, session=session)
            np.testing.assert_allclose(answer.weights, written(FB2, face), atol=1e-6)


def test_one_wearer_is_followed_until_that_one_ends(service, tracker):
    mine, other = live(1), live(2)
    seen(service, tracker, mine)

    def both():
        service.show(other, session=OTHER)
        return read(service, tracker, mine)

    np.testing.assert_allclose(at_once(both).weights, written(FB2, mine), atol=1e-6)
    service.end(SESSION)
    answer = seen(service, tracker, other, session=OTHER)
    np.testing.assert_allclose(answer.weights, written(FB2, other), atol=1e-6)
    service.show(mine)
    np.testing.assert_allclose(
        read(service, tracker, other, session=OTHER).weights, written(FB2, other), atol=1e-6
    )


def test_a_file_that_is_replaced_is_found(tracker, path):
    with Service(path) as service:
        seen(service, tracker, live(1))
        path.rename(path.with_name("gone"))
    with Service(path) as service:
        assert seen(service, tracker, live(2)).valid


@pytest.mark.parametrize("size", [0, 12, 4096, 4097, block_at(0) + 512, FILE_BYTES - 1])
def test_no_faces_out_of_a_file_that_was_cut(tracker, path, size):
    with Service(path) as service:
        seen(service, tracker, live(1))
        whole = path.read_bytes()
    path.unlink()
    path.write_bytes(whole[:size])
    for _ in range(60):
        assert tracker.read().result == xr.Result.SUCCESS
        time.sleep(0.01)
    assert not tracker.read().valid
    path.unlink()
    with Service(path) as service:
        assert seen(service, tracker, live(1)).valid


def test_a_torn_face_leaves_the_last_one(service, tracker, path):
    face = live(1)
    seen(service, tracker, face)

    def torn():
        service.show(face)
        last = tracker.read()
        with path.open("r+b") as file:
            file.seek(block_at(0) + 200)
            file.write(os.urandom(8))
        again = tracker.read()
        np.testing.assert_array_equal(again.weights, last.weights)
        return again

    assert at_once(torn).valid


def test_no_faces_out_of_a_file_of_others(tracker, path):
    """Who does not own it could cut it, or show a face that is nobody's."""
    if os.getuid() != 0:
        pytest.skip("only root can give a file away")
    with Service(path) as service:
        os.chown(path, 12345, 12345)
        for _ in range(60):
            assert not read(service, tracker, live(1)).valid
            time.sleep(0.01)
        os.chown(path, 0, 0)
        assert seen(service, tracker, live(1)).valid
