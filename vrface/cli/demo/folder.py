"""`Folder`: where a run of the demo writes, seen to be writable before the run begins."""

from __future__ import annotations

from pathlib import Path

from vrface.cli.output import keep_private, prepare


class Folder:
    """The files of a run.

    Args:
        path: Made if it is not there.
        private: Whether a real face is in it: then only the owner may read the files, and the
            folder if it is made here.

    Attributes:
        summary: The report, ``summary.json``.
        picture: ``timeline.png``.
        video: ``face.webm``.
        page: ``index.html``.

    Raises:
        VrfaceError: if a file cannot be written.
    """

    def __init__(self, path: Path, *, private: bool) -> None:
        self.summary = path / "summary.json"
        self.picture = path / "timeline.png"
        self.video = path / "face.webm"
        self.page = path / "index.html"
        self._private = private
        for file in self._files:
            prepare(file, folder_mode=0o700 if private else 0o777)

    def open(self) -> None:
        """Get the files ready to be written."""
        if self._private:
            for file in self._files:
                keep_private(file)

    @property
    def _files(self) -> tuple[Path, ...]:
        return (self.summary, self.picture, self.video, self.page)
