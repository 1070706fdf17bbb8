"""Monado, a real OpenXR runtime, out of the folder that ``scripts/xr-runtime`` fills.

Its programs want a newer C library than many machines have, so they and every client of theirs run
under the folder's own ``ld-linux``: nothing is installed, and nothing of the machine is mounted.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from vrface.closing import Closing

ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = "usr/lib/x86_64-linux-gnu"


class Monado(Closing):
    """Monado's service with a simulated headset and nothing to draw on.

    Args:
        folder: What ``scripts/xr-runtime`` filled.
        run: A folder for its socket, the XDG_RUNTIME_DIR of it and its clients.

    Raises:
        RuntimeError: if it does not come up, with the last thing it said.
    """

    def __init__(self, folder: Path, run: Path) -> None:
        self._folder, self._run = folder, run
        manifest = {"name": "Monado", "library_path": f"{folder / LIBRARIES}/libopenxr_monado.so"}
        text = json.dumps({"file_format_version": "1.0.0", "runtime": manifest})
        (run / "monado.json").write_text(text)
        run.chmod(0o700)
        simulated = {
            "SIMULATED_ENABLE": "1",
            "SIMULATED_LEFT": "simple",
            "SIMULATED_RIGHT": "simple",
        }
        with (run / "monado.log").open("w") as log:
            self._service = subprocess.Popen(
                self.command(folder / "usr/bin/monado-service"),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ
                | simulated
                | {
                    "XDG_RUNTIME_DIR": str(run),
                    "XRT_NO_STDIN": "1",
                    "XRT_COMPOSITOR_NULL": "1",
                    "VK_DRIVER_FILES": str(folder / "usr/share/vulkan/icd.d/lvp_icd.json"),
                },
            )
        self._wait()

    def _wait(self) -> None:
        end = time.perf_counter() + 60
        while not (self._run / "monado_comp_ipc").exists():
            if self._service.poll() is not None or time.perf_counter() > end:
                said = (self._run / "monado.log").read_text().splitlines() or ["nothing"]
                self.close()
                raise RuntimeError(f"Monado does not come up; it said: {said[-1]}")
            time.sleep(0.05)

    def command(self, program: Path, *arguments: str) -> list[str]:
        """A program of the folder or of this machine, under the folder's C library."""
        base = self._folder / LIBRARIES
        paths = (
            base,
            self._folder / "usr/lib",
            *(base / n for n in ("pulseaudio", "blas", "lapack")),
        )
        loader = self._folder / "usr/lib64/ld-linux-x86-64.so.2"
        return [str(loader), "--library-path", ":".join(map(str, paths)), str(program), *arguments]

    @property
    def environment(self) -> dict[str, str]:
        """What such a client needs beside this process's environment."""
        return {
            "XDG_RUNTIME_DIR": str(self._run),
            "XR_RUNTIME_JSON": str(self._run / "monado.json"),
            "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), *sys.path])),
        }

    def close(self) -> None:
        """End the service."""
        if self._service.poll() is None:
            self._service.terminate()
            try:
                self._service.wait(10)
            except subprocess.TimeoutExpired:
                self._service.kill()
                self._service.wait()
