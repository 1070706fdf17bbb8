import asyncio
import gc
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from tests.serving.harness import (
    RunningServer,
    Stream,
    eventually,
    frames,
    opening,
    profile,
    request,
)
from vrface.client import ServerFile, Watcher
from vrface.client.server_file import server_file_path
from vrface.errors import BadUse, Refused, ServerError
from vrface.face import BLENDSHAPES
from vrface.sensors.headset import SHIPPED
from vrface.serving import Server
from vrface.serving.server import SERVICE, _serve
from vrface.trackers import open_tracker
from vrface.trust.permission import Permission
from vrface.wire.address import Address
from vrface.wire.messages import expression_service_pb2_grpc, session_pb2


def test_server_info(stub):
    info = stub.GetServerInfo(session_pb2.GetServerInfoRequest())
    assert (info.protocol, list(info.models), list(info.headsets)) == (1, ["small"], list(SHIPPED))
    assert (info.sessions, info.sessions_max, info.consent_required) == (0, 3, False)
    assert tuple(info.blendshapes.names) == BLENDSHAPES
    assert info.version
    stream = Stream(stub, opening())
    stream.read("opened")
    assert stub.GetServerInfo(session_pb2.GetServerInfoRequest()).sessions == 1
    stream.close()


def test_health_says_serving_and_then_not(server, channel):
    health = health_pb2_grpc.HealthStub(channel)
    serving = health_pb2.HealthCheckResponse.SERVING
    for service in ("", SERVICE):
        request = health_pb2.HealthCheckRequest(service=service)
        assert health.Check(request).status == serving
    states = health.Watch(health_pb2.HealthCheckRequest(service=SERVICE))
    assert next(states).status == serving
    threading.Thread(target=server.stop).start()
    assert next(states).status == health_pb2.HealthCheckResponse.NOT_SERVING
    states.cancel()


def test_reflection_lists_the_service(channel):
    asked = iter([reflection_pb2.ServerReflectionRequest(list_services="")])
    answers = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(asked)
    names = {service.name for service in next(answers).list_services_response.service}
    assert names == {SERVICE, "grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"}


def test_a_busy_port_is_one_line_with_advice(model, capfd):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        with pytest.raises(ServerError) as raised:
            asyncio.run(Server({"small": model}, where=Address(port=port)).start())
    assert f"127.0.0.1:{port}" in str(raised.value)
    assert "--port" in raised.value.advice
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("host", ["::1x", "192.0.2.1"])
def test_a_host_that_is_not_this_machine_is_said(model, host):
    where = Address(host, 0)
    with pytest.raises(ServerError, match=f"cannot listen on '{host}'") as raised:
        asyncio.run(Server({"small": model}, where=where, insecure_lan=True).start())
    assert "--host" in raised.value.advice


def test_two_servers_never_share_a_port(server, model):
    port = int(server.address.rpartition(":")[2])
    with pytest.raises(ServerError):
        asyncio.run(Server({"small": model}, where=Address(port=port)).start())


def test_streams_that_say_nothing_are_no_more_than_so_many(model, monkeypatch):
    monkeypatch.setattr("vrface.serving.server.SPARE_CALLS", 2)

    def answer():
        try:
            return stub.GetServerInfo(session_pb2.GetServerInfoRequest()).protocol
        except grpc.RpcError as error:
            return error.code()

    with RunningServer({"small": model}, max_sessions=1) as server:
        options = [("grpc.enable_http_proxy", 0)]
        with grpc.insecure_channel(server.address, options=options) as channel:
            stub = expression_service_pb2_grpc.ExpressionServiceStub(channel)
            silent = []

            def refused():
                silent.append(Stream(stub))
                return answer() is grpc.StatusCode.RESOURCE_EXHAUSTED

            assert answer() == 1
            eventually(refused)
            for stream in silent:
                stream.close()
                stream.responses.cancel()
            eventually(lambda: answer() == 1)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_faces_do_not_leave_the_machine_unless_one_says_so(model, host):
    with pytest.raises(Refused) as raised:
        Server({"small": model}, where=Address(host))
    assert "--insecure-lan" in raised.value.advice
    Server({"small": model}, where=Address(host), insecure_lan=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_this_machine_is_always_fine(model, host):
    Server({"small": model}, where=Address(host))


def test_what_makes_no_server(model):
    with pytest.raises(BadUse):
        Server({})
    with pytest.raises(BadUse):
        Server({"small": model}, max_sessions=0)
    with pytest.raises(BadUse):
        Server({"small": model}, where=Address(port=70_000))
    with pytest.raises(Refused):
        Server({"small": model}, permission=Permission("signed", "x"))


def test_open_sessions_are_asked_to_leave_before_the_server_stops(server, stub):
    stream = Stream(stub, opening(), request(frames(1)[0]))
    stream.read("opened")
    stream.read("expression")
    stopping = threading.Thread(target=server.stop, args=(0.3,))
    stopping.start()
    going = stream.read("go_away")
    assert going.grace_us == 300_000
    assert going.reason
    # A face is still served while the session packs up.
    stream.send(request(frames(2)[1]))
    assert stream.read("expression").sequence == 2
    assert stream.read("end").reason == "the server stops"
    stopping.join(30)  # a step that is being compiled is waited for
    assert not stopping.is_alive()
    stream.close()


def test_a_server_without_sessions_stops_at_once(server):
    started = time.monotonic()
    server.stop(60)
    assert time.monotonic() - started < 30, "but for a step that is being compiled"


@pytest.fixture
def runtime(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path


def test_a_tracker_in_the_server_can_be_watched(model, runtime):
    tracker = open_tracker("synthetic", profile(), seed=5)
    with RunningServer({"small": model}, tracker=tracker) as running:
        found = ServerFile.read()
        assert found.address == running.address
        token = bytes.fromhex(found.watch_token)
        with Watcher(found.address, found.session_id, token, rate_hz=30) as watcher:
            seen = [face for face, _ in zip(watcher, range(10), strict=False)]
            assert [face.sequence for face in seen] == sorted({face.sequence for face in seen})
            assert seen[-1].valid
            running.stop()
            assert list(watcher) == []
        assert not server_file_path().exists()


def test_only_the_user_may_read_the_file(model, runtime):
    tracker = open_tracker("synthetic", profile())
    with RunningServer({"small": model}, tracker=tracker):
        path = server_file_path()
        assert path == runtime / "vrface" / "server.json"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert [entry.name for entry in path.parent.iterdir()] == ["server.json"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_server_gracefully(process, number):
    running, address = process
    with grpc.insecure_channel(address) as channel:
        stub = expression_service_pb2_grpc.ExpressionServiceStub(channel)
        stream = Stream(stub, opening(), request(frames(1)[0]))
        stream.read("opened")
        stream.read("expression")
        running.send_signal(number)
        stream.read("go_away")
        stream.send(session_pb2.TrackRequest(end=session_pb2.End()))
        stream.read("end")
        stream.close()
    out, err = running.communicate(timeout=30)
    assert running.returncode == 0
    assert err == ""
    assert out.startswith("report: 1 sessions")
    assert "1 faces" in out


def test_only_numbers_that_changed_are_reported(model, monkeypatch):
    monkeypatch.setattr("vrface.serving.server.REPORT_S", 0.01)
    server = Server({"small": model}, where=Address(port=0))
    reports: list[str] = []

    async def one_session_later() -> None:
        for _ in range(2):
            await asyncio.sleep(0.2)
            assert len(reports) == server.service.stats.opened
            server.service.stats.opened += 1
        os.kill(os.getpid(), signal.SIGTERM)

    async def run() -> None:
        begun: list[asyncio.Task[None]] = []
        await _serve(
            server,
            lambda address: begun.append(asyncio.create_task(one_session_later())),
            reports.append,
            None,
        )
        await begun[0]

    asyncio.run(run())
    gc.unfreeze()
    assert [line.split()[0] for line in reports] == ["1", "2"]


def test_what_is_there_from_the_start_is_not_looked_through_for_garbage(model):
    """It would stop every face for a tenth to a third of a second, again and again."""
    server = Server({"small": model}, where=Address(port=0))
    started = gc.get_freeze_count()
    try:
        asyncio.run(_serve(server, lambda _: os.kill(os.getpid(), signal.SIGTERM), print, None))
        assert gc.get_freeze_count() > started
    finally:
        gc.unfreeze()


CLIENT = """
import sys, time
from tests.serving.harness import frames
from vrface.client import RemoteSession

session = RemoteSession(sys.argv[1])
list(session.run(frames(3)))
print("ready", flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="a system without SIGSTOP")
@pytest.mark.parametrize("number", ["SIGSTOP", "SIGKILL"])
def test_a_client_that_is_frozen_or_killed_gives_its_place_back(server, number):
    with subprocess.Popen(
        [sys.executable, "-c", CLIENT, server.address], stdout=subprocess.PIPE, text=True
    ) as client:
        try:
            assert client.stdout is not None
            assert client.stdout.readline() == "ready\n"
            assert server.service.sessions == 1
            os.kill(client.pid, getattr(signal, number))
            eventually(lambda: server.service.sessions == 0, seconds=8)
            eventually(lambda: server.stats.vanished == 1)
        finally:
            client.kill()


def test_serve_refuses_before_it_touches_the_network(model):
    with pytest.raises(Refused):
        Server({"small": model}, where=Address(host="0.0.0.0"))
