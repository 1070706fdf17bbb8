"""`Descent`: gradient descent of a network, one pure step at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray

from vrface.model.architecture import Params
from vrface.training.config import TrainConfig
from vrface.training.dataset import Batch
from vrface.training.loss import loss

Loss: TypeAlias = Callable[[jax.Array, jax.Array, jax.Array, jax.Array, int], jax.Array]
"""What is descended: takes what `vrface.training.loss.loss` does."""


class Learnable(Protocol):
    """What can be learned: the model's architecture, or that of a rival."""

    def drawn(self, seed: int) -> Params:
        """Parameters to start from."""
        ...

    def unroll(
        self,
        params: Params,
        features: jax.Array,
        dt: jax.Array,
        summary: jax.Array,
        positions: jax.Array,
    ) -> Sequence[jax.Array]:
        """Of windows that start empty, at every frame.

        Returns:
            Location and scale of the laws, [windows, frames, 54], and what they are linear in.
        """
        ...


@dataclass(frozen=True, eq=False)
class State:
    """Where a descent stands; a step makes a new one, so an interrupt never leaves half of one.

    Attributes:
        params: The parameters.
        average: Their running average, which is what ships.
        moments: The optimiser's.
        losses: [steps] of each step so far.
        held_out: [steps] the loss on held-out windows after each step; NaN where not looked at.
    """

    params: Params
    average: Params
    moments: optax.OptState
    losses: NDArray[np.float32]
    held_out: NDArray[np.float32]

    @property
    def step(self) -> int:
        """Steps done."""
        return len(self.losses)


class Descent:
    """Descends.

    Args:
        config: How.
        architecture: Of the network.
        loss: What is descended.
    """

    def __init__(self, config: TrainConfig, architecture: Learnable, loss: Loss = loss) -> None:
        self._config, self._architecture, self._measured = config, architecture, loss
        self._optimiser = _optimiser(config)
        self._advance = jax.jit(self._advanced)
        self._loss = jax.jit(self._loss_of)

    def start(self) -> State:
        """Before the first step."""
        params = self._architecture.drawn(self._config.seed)
        none = np.zeros(0, np.float32)
        return State(params, params, self._optimiser.init(params), none, none)

    def advance(self, state: State, batch: Batch) -> State:
        """One step down."""
        # Early on the average follows closely: it must not be of the weights drawn by lot.
        keep = min(self._config.average, (1.0 + state.step) / (10.0 + state.step))
        params, average, moments, found = self._advance(
            state.params, state.average, state.moments, np.float32(keep), batch
        )
        return State(
            params,
            average,
            moments,
            np.append(state.losses, np.float32(found)),
            np.append(state.held_out, np.float32(np.nan)),
        )

    def looked_at(self, state: State, held_out: Sequence[Batch]) -> State:
        """The same state with the loss of its average on held-out windows."""
        seen = state.held_out.copy()
        seen[-1] = np.mean([self._loss(state.average, batch) for batch in held_out])
        return replace(state, held_out=seen)

    def _advanced(
        self,
        params: Params,
        average: Params,
        moments: optax.OptState,
        keep: jax.Array,
        batch: Batch,
    ) -> tuple[Params, Params, optax.OptState, jax.Array]:
        found, gradient = jax.value_and_grad(self._loss_of)(params, batch)
        with jax.numpy_dtype_promotion("standard"):  # optax raises floats to its integer count
            update, moments = self._optimiser.update(gradient, moments, params)
        params = optax.apply_updates(params, update)
        average = jax.tree.map(lambda old, new: keep * old + (1.0 - keep) * new, average, params)
        return params, average, moments, found

    def _loss_of(self, params: Params, batch: Batch) -> jax.Array:
        *given, truth, counts = (jnp.asarray(part) for part in batch)
        loc, scale, _ = self._architecture.unroll(params, *given)
        return self._measured(loc, scale, truth, counts, self._config.unscored)


def _optimiser(config: TrainConfig) -> optax.GradientTransformation:
    """AdamW with warm-up and cosine; vectors, biases and rates among them, do not decay."""
    rate = optax.warmup_cosine_decay_schedule(
        init_value=0.0,
        peak_value=config.learning_rate,
        warmup_steps=min(config.warm_up, config.steps // 2),
        decay_steps=config.steps,
        end_value=0.01 * config.learning_rate,
    )
    return optax.chain(
        optax.clip_by_global_norm(config.clip),
        optax.adamw(
            rate,
            b2=0.99,
            weight_decay=config.weight_decay,
            mask=lambda params: jax.tree.map(lambda leaf: leaf.ndim > 1, params),
        ),
    )
