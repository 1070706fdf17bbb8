"""The layer among others: what it adds and hides, how it is switched off, that it is there once."""

from __future__ import annotations

import json
import shutil
import subprocess
import time

import pytest

from tests.bindings.openxr_layer.conftest import (
    ADDED,
    ALONE,
    ANDROID,
    FACE2,
    FACIAL,
    LAYER,
    NAME,
    SAMPLE_AGE_NS,
    live,
    seen,
)
from tests.openxr.client import HEADLESS, Client, xr
from tests.openxr.faces import Android, Face2, Facial

Result = xr.Result
MANIFEST = "vrface_openxr_layer.json"
FUNCTIONS = {
    FACE2: "xrCreateFaceTracker2FB",
    FACIAL: "xrGetFacialExpressionsHTC",
    ANDROID: "xrGetFaceCalibrationStateANDROID",
}


def offered() -> dict[str, int]:
    """The extensions that an application finds, and their versions."""
    return {
        each.extension_name.decode(): each.extension_version
        for each in xr.enumerate_instance_extension_properties()
    }


def test_applications_find_the_extensions(play, stub):
    found = offered()
    versions = {name: found[name] for name in ADDED}
    assert versions == {name: getattr(xr, f"{name[3:]}_SPEC_VERSION") for name in ADDED}


@pytest.mark.parametrize("enabled", ADDED)
def test_only_what_is_enabled_is_there(play, enabled):
    client = play(enabled)
    for extension, name in FUNCTIONS.items():
        if extension == enabled:
            assert client.function(name)
        else:
            with pytest.raises(xr.FunctionUnsupportedError):
                client.function(name)


def test_the_runtime_is_asked_for_what_it_has_only(play, stub):
    client = play()
    assert set(stub.enabled) == set(ALONE)
    client.close()
    stub.offer(*ALONE, FACIAL)
    play()
    assert set(stub.enabled) == {*ALONE, FACIAL}


def test_a_clock_that_the_application_did_not_ask_for_stays_ours(play, stub):
    with Client(FACE2, clock=False) as client:
        assert set(stub.enabled) == set(ALONE)
        for name in ("xrConvertTimespecTimeToTimeKHR", "xrConvertTimeToTimespecTimeKHR"):
            with pytest.raises(xr.FunctionUnsupportedError):
                client.function(name)


def test_a_runtime_without_a_clock_does(play, stub, service):
    stub.offer(HEADLESS)
    with Client(FACE2, clock=False) as client:
        client.poll()
        assert stub.enabled == (HEADLESS,)
        tracker = Face2(client)
        asked = 10**15
        until_seen = time.perf_counter() + 5
        while not tracker.read(asked).valid:
            assert time.perf_counter() < until_seen
            service.show(live(1), period_us=10**6)
        assert asked - 10**9 < tracker.read(asked).time <= asked - SAMPLE_AGE_NS


def test_an_error_of_the_runtime_is_handed_up(play, stub):
    stub.answer("xrCreateInstance", Result.ERROR_RUNTIME_UNAVAILABLE)
    with pytest.raises(xr.RuntimeUnavailableError):
        play()
    stub.answer("xrCreateInstance")
    stub.answer("xrCreateSession", Result.ERROR_LIMIT_REACHED)
    with pytest.raises(xr.LimitReachedError):
        play()


class TestOff:
    """VRFACE_OPENXR_LAYER=off."""

    @pytest.fixture(autouse=True)
    def _off(self, play, monkeypatch):
        monkeypatch.setenv("VRFACE_OPENXR_LAYER", "off")

    def test_nothing_is_added(self, play):
        client = play()
        face2, facial = xr.SystemFaceTrackingProperties2FB(), xr.SystemFacialTrackingPropertiesHTC()
        android = xr.SystemFaceTrackingPropertiesANDROID()
        face2.supports_visual_face_tracking = facial.support_eye_facial_tracking = 7
        client.system_properties(face2, facial, android)
        assert face2.supports_visual_face_tracking == facial.support_eye_facial_tracking == 0
        assert android.supports_face_tracking == 0
        for tracker in (Face2(client), Facial(client, 1), Facial(client, 2), Android(client)):
            assert tracker.made == Result.ERROR_FEATURE_UNSUPPORTED

    def test_the_runtimes_own_is_left_alone(self, play, stub, service):
        stub.offer(*ALONE, FACE2)
        stub.face2.weights[3] = 0.5
        stub.support("audio")
        client = play(FACE2)
        face2 = xr.SystemFaceTrackingProperties2FB()
        client.system_properties(face2)
        assert (face2.supports_visual_face_tracking, face2.supports_audio_face_tracking) == (0, 1)
        stub.face2.data_source = 1
        tracker = Face2(client)
        service.show(live(1))
        answer = tracker.read()
        assert (answer.weights[3], answer.kind) == (0.5, 1)


class TestImplicit:
    """Installed for every application, by a manifest in the user's folder."""

    @pytest.fixture(autouse=True)
    def _installed(self, play, layer, tmp_path, monkeypatch):
        monkeypatch.delenv("XR_API_LAYER_PATH")
        monkeypatch.delenv("XR_ENABLE_API_LAYERS")
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
        folder = tmp_path / "share/openxr/1/api_layers/implicit.d"
        folder.mkdir(parents=True)
        manifest = json.loads((layer / MANIFEST).read_text())
        library = layer / manifest["api_layer"]["library_path"]
        manifest["api_layer"]["library_path"] = str(library)
        (folder / MANIFEST).write_text(json.dumps(manifest))

    def test_it_is_there_unasked(self, play, service):
        assert set(ADDED) <= set(offered())
        assert seen(service, Face2(play(FACE2)), live(1)).valid

    def test_the_environment_keeps_it_out(self, monkeypatch):
        monkeypatch.setenv("VRFACE_OPENXR_LAYER", "off")
        assert not set(ADDED) & set(offered())

    def test_explicit_as_well_it_is_there_once(self, play, service, layer, tmp_path, monkeypatch):
        copy = tmp_path / "copy"
        shutil.copytree(layer, copy)
        monkeypatch.setenv("XR_API_LAYER_PATH", str(copy))
        monkeypatch.setenv("XR_ENABLE_API_LAYERS", NAME)
        client = play()
        for tracker in (Face2(client), Facial(client, 1), Android(client)):
            assert seen(service, tracker, live(1)).valid
            assert tracker.end() == Result.SUCCESS


def test_a_layer_by_name_does_as_well(play, layer, service, monkeypatch):
    monkeypatch.delenv("XR_ENABLE_API_LAYERS")
    with Client(FACE2, layers=[NAME]) as client:
        client.poll()
        assert seen(service, Face2(client), live(1)).valid


def test_the_library_brings_nothing_along_and_shows_one_function(layer, compiler):
    library = layer / "libvrface_openxr_layer.so"

    def said(*command: str) -> str:
        compiler(command[0])
        return subprocess.run(
            [*command, library], capture_output=True, text=True, check=True
        ).stdout

    shown = [line.split()[-1] for line in said("nm", "-D", "--defined-only").splitlines()]
    assert shown == ["xrNegotiateLoaderApiLayerInterface"]
    needed = [line for line in said("readelf", "-d").splitlines() if "NEEDED" in line]
    assert all("libc.so" in line or "ld-linux" in line or "libm.so" in line for line in needed)


def test_the_manifest_names_what_is_added():
    manifest = json.loads((LAYER / MANIFEST).read_text())["api_layer"]
    assert manifest["name"] == NAME
    assert [each["name"] for each in manifest["instance_extensions"]] == list(ADDED)
