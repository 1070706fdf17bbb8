"""`Models`: what a server infers with, by name; one can be replaced while it is in use."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from vrface.errors import VrfaceError
from vrface.serving.engine import Engine
from vrface.serving.stats import Stats
from vrface.serving.trial import tried

if TYPE_CHECKING:
    from vrface.model.model import Model

_log = logging.getLogger(__name__)


class Models(Mapping[str, "Model"]):
    """The models of a server.

    Args:
        models: By name; the first one is the default.
        engine: Where faces are made with them.
        stats: The server's.
    """

    def __init__(self, models: Mapping[str, Model], engine: Engine, stats: Stats) -> None:
        self._models, self._engine, self._stats = dict(models), engine, stats
        self._one_at_a_time = asyncio.Lock()

    def __getitem__(self, name: str) -> Model:
        return self._models[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._models)

    def __len__(self) -> int:
        return len(self._models)

    async def replace(self, name: str, load: Callable[[], Model]) -> bool:
        """Use another model under a name, once it was loaded and tried; nobody waits meanwhile.

        Newcomers get it at once, and so does everybody else at their next frame: what is shown
        blends from one to the other. Where it fails after all, the old one takes over again.

        Args:
            name: Of one of these models.
            load: Loads the other; called in a thread.

        Returns:
            Whether it is another one: what is loaded may be what is in use.

        Raises:
            CheckpointError: if what is to be loaded is damaged.
            ModelRefused: if it was tried and does not do.
            VrfaceError: as `load` does.
        """
        async with self._one_at_a_time:
            old = self._models[name]
            try:
                new = await asyncio.to_thread(load)
                if new.digest == old.digest:
                    return False
                await asyncio.to_thread(tried, new, old)
            except VrfaceError:
                self._stats.models_refused += 1
                raise
            self._models[name] = new
            await self._engine.use(old, new, partial(self._gave_up, name, new, old))
            self._stats.models_replaced += 1
            return True

    def _gave_up(self, name: str, new: Model, old: Model) -> None:
        if self._models[name] is new:
            self._models[name] = old
            self._stats.models_given_up += 1
            _log.error("model %r, %s, was given up", name, new.digest.hex()[:16])
