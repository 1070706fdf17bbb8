"""`Run`: one take under one headset, through a server, scored and drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrface.cli.demo.folder import Folder
from vrface.cli.demo.losses import Losses
from vrface.cli.demo.picture import stretch, timeline
from vrface.cli.demo.round_trip import difference, round_trip
from vrface.cli.demo.server import ServerProcess
from vrface.cli.demo.video import draw_video
from vrface.cli.evaluate import score_table
from vrface.cli.output import console, progress, write_json
from vrface.cli.scores import Scores, evidence, step_name
from vrface.errors import DependencyError, ServerError
from vrface.face.expression import Style
from vrface.render.page import Page, page
from vrface.render.plots import draw_timeline
from vrface.rig.figure import Figure
from vrface.sensors.paired import Paired
from vrface.trust import Permission


class Run:
    """One run of the demo; call `send`, `score` and `write` in this order.

    Args:
        paired: What the headset senses, and the face behind it.
        losses: Of its sensors: they are in `paired` already.
        figure: Who is drawn.
        model: What infers: a name or a checkpoint's folder.
        seed: Of the randomised part of the scores, and of the lively style.
        style: What is shown of what is inferred.
    """

    def __init__(
        self,
        paired: Paired,
        losses: Losses,
        figure: Figure,
        model: str,
        seed: int,
        style: Style = "expected",
    ) -> None:
        self._paired = paired
        self._losses = losses
        self._figure = figure
        self._model_name = model
        self._seed = seed
        self._style = style
        self._out = console()

    def send(self) -> None:
        """Send every frame through a real server in its own process; this one loads no JAX yet.

        Raises:
            ServerError: if the server fails in any way.
        """
        paired, frames = self._paired, len(self._paired.frame_time_ns)
        kind = "A real person" if paired.real_face else "A synthetic wearer"
        self._out.print(
            f"{kind} ({paired.wearer}) wears {paired.headset.name}, which hides "
            f"{len(paired.headset.occludes)} of 54 face shapes: "
            f"{_seconds(paired.frame_time_ns):.0f} s, {frames} frames.",
        )
        for loss in self._losses.losses:
            self._out.print(f"Lost on the way: {loss}.")
        with progress() as bar:
            starting = bar.add_task("starting a server", total=None)
            with ServerProcess(self._model_name) as server:
                bar.remove_task(starting)
                sending = bar.add_task("faces through the server", total=frames)
                self.trip = round_trip(
                    paired,
                    server.address,
                    lambda count: bar.update(sending, completed=count),
                    self._style,
                    self._seed,
                )
        seconds = self.trip.seconds
        self._out.print(
            f"{frames} frames went up and {frames} faces came down in {seconds:.1f} s.",
        )

    def score(self) -> None:
        """Infer and score the same frames here, and see that the wire changed nothing.

        Raises:
            ServerError: if the faces from the server are not those made here.
        """
        from vrface.model import pretrained
        from vrface.model.calibration import Calibration
        from vrface.training.evaluate import evaluate_logs
        from vrface.training.recording import Recording, infer
        from vrface.training.rest import face_rest, relative

        paired, model = self._paired, pretrained.load(self._model_name)
        if model.digest != self.trip.model_digest:
            raise ServerError("the server infers with another model than this process.")
        recording = Recording(paired.name, paired.wearer, (paired,))
        calibration = Calibration.none()
        self._inferred = infer(recording, model, [calibration], lively_seed=self.trip.seed)
        self._rest = calibration.face_rest(model.statistics)
        with progress() as bar:
            scoring = bar.add_task("scoring", total=100)
            report = evaluate_logs(
                [paired],
                model,
                seed=self._seed,
                permission=Permission.local(),
                progress=lambda name, done: bar.update(scoring, completed=round(100 * done)),
            )
        lively = self._inferred.lively if self._style == "lively" else None
        made = self._inferred if lively is None else lively
        trips = self.trip.round_trip_ms
        self.summary: dict[str, Any] = {
            **report,
            "round_trip_ms": {f"p{q}": float(np.percentile(trips, q)) for q in (50, 99)},
            "wire_difference": difference(self.trip, made.weights[0], made.source[0]),
        }
        self._truth = relative(paired.truth.weights, face_rest([paired.truth]))
        self._scores = Scores.of(report)

    def write(self, folder: Folder) -> None:
        """Write summary, picture, video and page, and print the table."""
        folder.open()
        write_json(folder.summary, self.summary)
        title = f"{self._paired.headset.name} worn by {self._paired.wearer} ({self._evidence})"
        rows, shown = stretch(self._paired, self._truth, self._losses), self.trip.weights
        drawn = timeline(self._paired, self._truth, shown, self._rest, self._inferred, rows, title)
        draw_timeline(drawn, folder.picture)
        video = self._draw_video(folder, rows)
        content = self._page(folder.picture.read_bytes(), video)
        folder.page.write_text(page(content), encoding="utf-8")
        self._out.print(score_table(self._scores))
        self._out.print(self._scores.verdict())
        for name, value in self._facts():
            self._out.print(f"{name}: {value}", style="dim")
        self._out.print(f"\nLook at {folder.page}", style="bold")

    @property
    def _evidence(self) -> str:
        return evidence(self.summary)

    def _draw_video(self, folder: Folder, rows: slice) -> bytes | None:
        """The video; None, with a word on why, where nothing is installed that draws one."""
        by = f"by the model {self.summary['model']['name']}"
        with progress() as bar:
            drawing = bar.add_task("drawing faces", total=None)

            def drawn(frames: int, of: int) -> None:
                bar.update(drawing, completed=frames, total=of)

            try:
                draw_video(folder.video, self._figure, self._paired, self.trip, rows, by, drawn)
            except DependencyError as error:
                folder.video.unlink(missing_ok=True)
                self._out.print(f"No video: {error}", style="dim")
                return None
        return folder.video.read_bytes()

    def _page(self, picture: bytes, video: bytes | None) -> Page:
        profile = self._paired.headset
        hidden = self.summary["summary"]["groups"].get("hidden", {})
        return Page(
            headset=f"{profile.name} ({profile.summary})",
            labels=[part.strip() for part in self._evidence.split(",")],
            simulated=not self._paired.real_face,
            seconds=_seconds(self._paired.frame_time_ns),
            hidden=len(profile.occludes),
            coverage=hidden.get("coverage90"),
            columns=self._scores.columns,
            rows=self._scores.texts(),
            verdict=self._scores.verdict(),
            facts=self._facts(),
            picture=picture,
            video=video,
        )

    def _facts(self) -> list[tuple[str, str]]:
        model, summary = self.summary["model"], self.summary
        gap = summary["wire_difference"]
        p50_p99 = "p50 {p50:.2f} ms, p99 {p99:.2f} ms"
        return [
            ("evidence", self._evidence),
            ("wearer", f"{self._paired.wearer}, calibration none, seed {self._seed}"),
            ("shown", f"style {self._style}"),
            *(("lost on the way", str(loss)) for loss in self._losses.losses),
            (f"model {step_name(summary)}", p50_p99.format(**summary["step_ms"])),
            ("round trip through the server", p50_p99.format(**summary["round_trip_ms"])),
            ("faces from the server", f"differ from those made here by {gap:.1g} at most"),
            ("model", f"{model['name']}, digest {model['digest'][:16]}"),
            ("scored by", f"vrface evaluate, protocol {summary['protocol']}"),
        ]


def _seconds(time_ns: NDArray[np.int64]) -> float:
    return float(time_ns[-1] - time_ns[0]) / 1e9
