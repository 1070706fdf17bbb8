"""`vrface openxr`: manifests that OpenXR's own loader heeds, and that go as they came."""

import json
import subprocess
from typing import Any

import pytest

from vrface.cli import layer_manifests, openxr
from vrface.cli.layer_manifests import NAME, Place, install, installed, remove, variable_of
from vrface.cli.openxr import LAYER
from vrface.errors import BadUse, VrfaceError
from vrface.outputs.memory_sink import MemorySink

MANIFEST: dict[str, Any] = {
    "file_format_version": "1.0.0",
    "api_layer": {
        "name": LAYER,
        "library_path": f"./lib{NAME}.so",
        "api_version": "1.0",
        "implementation_version": "1",
        "description": "a layer for tests",
        "disable_environment": openxr.OFF,
        "instance_extensions": [
            {"name": "XR_FB_face_tracking2", "extension_version": "1", "entrypoints": []}
        ],
    },
}


@pytest.fixture
def layer(tmp_path):
    """Where a layer was built, as far as manifests go."""
    library = tmp_path / "built" / f"lib{NAME}.so"
    library.parent.mkdir()
    library.write_bytes(b"no library at all")
    library.with_name(f"{NAME}.json").write_text(json.dumps(MANIFEST))
    return library


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Where this user's manifests go."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.delenv(openxr.OFF, raising=False)
    return tmp_path / "data/openxr/1/api_layers/implicit.d"


def everything(folder):
    return sorted(path.name for path in folder.rglob("*")) if folder.exists() else []


def test_for_one_application_it_is_let_in_by_a_variable(vrface, home, layer):
    code, out, err = vrface("openxr", "install", "--for-app", "Beat Saber", "--library", layer)
    assert (code, err) == (0, "")
    assert "\nVRFACE_OPENXR_FOR_BEAT_SABER=1 %command%\n" in out
    assert f"XR_API_LAYER_PATH={layer.parent} XR_ENABLE_API_LAYERS={LAYER}\n" in out
    assert everything(home) == [f"{NAME}-beat_saber.json"]
    written = json.loads((home / f"{NAME}-beat_saber.json").read_text())
    assert written["api_layer"] == MANIFEST["api_layer"] | {
        "library_path": str(layer),
        "enable_environment": "VRFACE_OPENXR_FOR_BEAT_SABER",
    }


def test_for_all_nothing_need_be_set(vrface, home, layer):
    code, out, err = vrface("openxr", "install", "--all", "--library", layer)
    assert (code, err) == (0, "")
    assert "VRFACE_OPENXR_LAYER=off" in out
    written = json.loads((home / f"{NAME}.json").read_text())
    assert "enable_environment" not in written["api_layer"]


def test_the_loader_takes_it_in_when_it_should(pyopenxr, vrface, home, layer, monkeypatch):
    def seen(**environment):
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            found = pyopenxr.enumerate_api_layer_properties()
            return [bytes(each.layer_name).decode() for each in found].count(LAYER)

    monkeypatch.setenv("XR_LOADER_DEBUG", "none")
    assert seen() == 0
    vrface("openxr", "install", "--for-app", "game", "--library", layer)
    assert (seen(), seen(VRFACE_OPENXR_FOR_GAME="1")) == (0, 1)
    assert seen(VRFACE_OPENXR_FOR_GAME="1", VRFACE_OPENXR_LAYER="off") == 0
    assert seen(VRFACE_OPENXR_FOR_ANOTHER="1") == 0
    vrface("openxr", "install", "--all", "--library", layer)
    assert (seen(), seen(VRFACE_OPENXR_LAYER="off")) == (1, 0)
    vrface("openxr", "remove")
    assert seen(VRFACE_OPENXR_FOR_GAME="1") == 0


def test_twice_is_once_and_remove_takes_back_what_was_put_there(vrface, home, layer):
    home.mkdir(parents=True)
    (home / "another.json").write_text("{}")
    for _ in range(2):
        assert vrface("openxr", "install", "--for-app", "a game", "--library", layer)[0] == 0
        assert vrface("openxr", "install", "--all", "--library", layer)[0] == 0
    assert everything(home) == ["another.json", f"{NAME}-a_game.json", f"{NAME}.json"]
    assert vrface("openxr", "remove", "--for-app", "A Game")[0] == 0
    assert everything(home) == ["another.json", f"{NAME}.json"]
    assert vrface("openxr", "remove", "--all")[0] == 0
    assert everything(home) == ["another.json"]
    code, out, _ = vrface("openxr", "remove")
    assert (code, out) == (0, "nothing was installed\n")


def test_remove_alone_takes_all_of_them(vrface, home, layer):
    vrface("openxr", "install", "--for-app", "a", "--library", layer)
    vrface("openxr", "install", "--all", "--library", layer)
    _, out, _ = vrface("openxr", "remove")
    assert out.count("removed") == 2
    assert everything(home) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nosuch"], "unknown action"),
        (["instal"], "Did you mean 'install'"),
        (["install"], "Say --for-app NAME, or --all"),
        (["install", "--all", "--for-app", "a"], "exclude each other"),
        (["install", "--for-app", "***"], "letters and digits"),
        (["install", "--all", "--library", "/nosuch/layer.so"], "no API layer at"),
        (["status", "--all"], "status tells of everything"),
        (["remove", "--library", "a.so"], "goes with install"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_bad_use(fails, home, arguments, says):
    assert says in fails(2, "openxr", *arguments)
    assert everything(home) == []


def test_a_layer_that_was_not_built_whole_is_told_of(fails, home, layer):
    layer.with_name(f"{NAME}.json").write_text('{"api_layer": []}')
    assert "no manifest" in fails(2, "openxr", "install", "--all", "--library", layer)
    layer.with_name(f"{NAME}.json").unlink()
    assert "no manifest" in fails(2, "openxr", "install", "--all", "--library", layer)


def test_a_place_that_cannot_be_written_is_told_of(fails, home, layer):
    home.parent.mkdir(parents=True)
    home.write_text("a file")
    assert "cannot write" in fails(1, "openxr", "install", "--all", "--library", layer)


def test_status_says_what_is_there_and_what_is_wrong_with_it(vrface, home, layer, monkeypatch):
    code, out, _ = vrface("openxr", "status")
    assert code == 0
    assert "not installed" in out
    assert "no server publishes any" in out
    vrface("openxr", "install", "--all", "--library", layer)
    code, out, err = vrface("openxr", "status")
    assert code == 1
    assert err.startswith("error: 1 of 1 cannot be loaded. Build the layer")
    assert out.startswith("every application, always: ")
    assert "the library cannot be loaded" in out
    layer.unlink()
    assert "the library is gone" in vrface("openxr", "status")[1]
    (home / f"{NAME}.json").write_text("no JSON")
    assert "cannot be read" in vrface("openxr", "status")[1]
    monkeypatch.setenv(openxr.OFF, "off")
    assert "VRFACE_OPENXR_LAYER is set here" in vrface("openxr", "status")[1]


@pytest.mark.parametrize(
    ("entry", "found"), [(layer_manifests.ENTRY, "ok"), ("xrAnother", "no API layer")]
)
def test_status_of_a_library_that_loads(vrface, home, layer, compiler, entry, found):
    source = layer.with_suffix(".c")
    source.write_text(f"int {entry}(void) {{ return 0; }}\n")
    build = [compiler("gcc"), "-shared", "-fPIC", "-o", str(layer), str(source)]
    subprocess.run(build, check=True)
    vrface("openxr", "install", "--for-app", "game", "--library", layer)
    code, out, _ = vrface("openxr", "status")
    assert code == (found != "ok")
    assert f"game, where VRFACE_OPENXR_FOR_GAME=1: {layer}: {found}\n" in out


def test_status_says_whether_faces_are_published(vrface, home):
    sink = MemorySink()
    try:
        assert "a server publishes them now" in vrface("openxr", "status")[1]
    finally:
        sink.close()


class Registry:
    """What winreg would hold."""

    def __init__(self):
        self.names = {"another": 0}

    def add(self, name):
        self.names[name] = 0

    def drop(self, name):
        self.names.pop(name, None)


def test_on_windows_manifests_are_named_in_the_registry_too(tmp_path, layer):
    registry = Registry()
    place = Place(tmp_path / "local", registry)
    for_all, for_game = install(place, layer), install(place, layer, variable_of("game"))
    install(place, layer)
    assert set(registry.names) == {"another", str(for_all), str(for_game)}
    assert [each.variable for each in installed(place)] == ["", "VRFACE_OPENXR_FOR_GAME"]
    assert remove(place, "") == (for_all,)
    assert set(registry.names) == {"another", str(for_game)}
    assert remove(place) == (for_game,)
    assert set(registry.names) == {"another"}
    assert everything(tmp_path / "local") == []


def test_a_registry_that_cannot_be_written_is_told_of(tmp_path, layer):
    class Full(Registry):
        def add(self, name):
            raise PermissionError(13, "Access is denied")

        drop = add

    place = Place(tmp_path / "local", Full())
    with pytest.raises(VrfaceError, match=r"cannot write .*Access is denied"):
        install(place, layer)
    with pytest.raises(VrfaceError, match=r"cannot remove .*Access is denied"):
        remove(place)


def test_where_manifests_go(monkeypatch, tmp_path):
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert Place.here().folder == tmp_path / ".local/share/openxr/1/api_layers/implicit.d"
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    assert Place.here().folder == tmp_path / "vrface/openxr"
    assert Place.here().registry is not None
    monkeypatch.setattr("sys.platform", "darwin")
    with pytest.raises(BadUse, match="macOS"):
        Place.here()


def test_names_of_applications_become_variables():
    assert variable_of("Beat Saber!") == variable_of("beat-saber") == "VRFACE_OPENXR_FOR_BEAT_SABER"
    assert variable_of("half-life 2") == "VRFACE_OPENXR_FOR_HALF_LIFE_2"
