"""The layer, built once; a service's faces file; an application on the stub runtime with both."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.openxr.conftest import layer as layer
from tests.openxr.conftest import pyopenxr as pyopenxr
from tests.openxr.conftest import stub as stub
from tests.openxr.conftest import stub_library as stub_library
from tests.wire.frame_blocks import SESSION, block_of, drawn
from vrface.closing import Closing
from vrface.face.expression import Expression
from vrface.face.schemes import Scheme
from vrface.outputs.flags import flags_of
from vrface.outputs.memory_sink import MemorySink

if TYPE_CHECKING:  # they skip where there is no pyopenxr, which a conftest may not
    from tests.openxr.client import Client
    from tests.openxr.faces import Answer

ROOT = Path(__file__).resolve().parents[3]
LAYER = ROOT / "bindings/openxr_layer"
NAME = "XR_APILAYER_VRFACE_face"
FACE2 = "XR_FB_face_tracking2"
FACIAL = "XR_HTC_facial_tracking"
ANDROID = "XR_ANDROID_face_tracking"
ADDED = (FACE2, FACIAL, ANDROID)
SAMPLE_AGE_NS = 30_000_000
ALONE = ("XR_MND_headless", "XR_KHR_convert_timespec_time")
"""What a runtime offers that knows of no face."""


class Service(Closing):
    """A service's side of the faces file, by vrface's own sink."""

    def __init__(self, path: Path, clock_ns: Callable[[], int] = time.perf_counter_ns) -> None:
        self._sink = MemorySink(path, clock_ns)
        self._clock_ns = clock_ns
        self.published_ns = 0

    def show(
        self, face: Expression, *, age_ns: int = 0, session: str = SESSION, **fields
    ) -> Expression:
        """Publish a face, `age_ns` ago, as a live one: the face."""
        fields.setdefault("flags", flags_of(face))
        self.published_ns = self._clock_ns() - age_ns
        self._sink.publish(session, block_of(face, self.published_ns, session, **fields))
        self._sink.beat()
        return face

    def end(self, session: str = SESSION) -> None:
        """End a session."""
        self._sink.end(session)

    def close(self) -> None:
        """Give the file back."""
        self._sink.close()


def live(seed: int, extras: tuple[str, ...] = (), **fields) -> Expression:
    """A face of random numbers, whose sample is `SAMPLE_AGE_NS` older than its frame."""
    times = {"frame_time_ns": 10**12, "sample_time_ns": 10**12 - SAMPLE_AGE_NS}
    return drawn(seed, extras, **times | fields)


FACES = [live(seed) for seed in range(40)]
"""What `publishing` shows."""


@pytest.fixture
def path(tmp_path, monkeypatch):
    """Where the service's file will be, for the layer too."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    return tmp_path / "run/vrface/faces"


@pytest.fixture
def service(path):
    """A service that runs, and shows nobody yet."""
    with Service(path) as service:
        yield service


@contextmanager
def shown(
    service: Service, faces: Sequence[Expression], every_s: float, **fields
) -> Iterator[None]:
    """While it lasts, a thread shows these faces over and over."""
    over = threading.Event()

    def publish() -> None:
        for face in itertools.cycle(faces):
            if over.wait(every_s):
                return
            service.show(face, **fields)

    thread = threading.Thread(target=publish)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.fixture
def publishing(service):
    """A service that shows `FACES` over and over, one each 11 ms."""
    with shown(service, FACES, 0.011):
        yield


@pytest.fixture
def play(stub, layer, path, monkeypatch) -> Iterator[Callable[..., Client]]:
    """Starts an application in focus, on a runtime without faces and with the layer."""
    from tests.openxr.client import Client

    monkeypatch.setenv("XR_API_LAYER_PATH", str(layer))
    monkeypatch.setenv("XR_ENABLE_API_LAYERS", NAME)
    monkeypatch.delenv("VRFACE_OPENXR_LAYER", raising=False)
    stub.offer(*ALONE)
    started = []

    def start(*extensions: str) -> Client:
        client = Client(*(extensions or ADDED))
        started.append(client)
        client.poll()
        return client

    yield start
    for client in started:
        client.close()


def written(scheme: Scheme, face: Expression) -> NDArray[np.float32]:
    """What the layer is to make of a face: `Scheme.write`, zero where it has nothing."""
    return np.nan_to_num(np.asarray(scheme.write(face.weights, face.extras)), nan=0.0)


def at_once(act: Callable[[], Answer]) -> Answer:
    """The answer of an act that took so short that no face grew stale; else it is done again."""
    for _ in range(20):
        began = time.perf_counter()
        answer = act()
        if time.perf_counter() - began < 0.05:
            return answer
    raise AssertionError("this machine is too busy")


def read(service: Service, tracker: Any, face: Expression, **fields: Any) -> Answer:
    """What a tracker answers to a face that is published just before."""
    return at_once(lambda: (service.show(face, **fields), tracker.read())[1])


def seen(service: Service, tracker: Any, face: Expression, **fields: Any) -> Answer:
    """The same, once the layer has found the service, and the session in it."""
    end = time.perf_counter() + 5
    while not (answer := read(service, tracker, face, **fields)).valid:
        assert time.perf_counter() < end, "it never came"
        time.sleep(0.005)
    return answer
