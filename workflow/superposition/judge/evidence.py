"""What a claim's function reads: the measured quantities of the reading under which it is judged."""

from copy import copy
from dataclasses import replace
from typing import Self

import numpy as np

from ..measure.results import Results
from ..spec.readings import DEFAULT, Reading
from ..store.errors import UserError
from ..store.plugins import Registry

# Functions of experiments' claims.py: Evidence → the effect of every seed (seed,) for each part of the claim, by the
# part's name: a sparsity, or a model. An effect is NaN where a seed has nothing to measure. The parts are the same
# under every reading.
claim = Registry()


class Evidence:
    """An experiment's results as one reading sees them.

    Models are named as in the claims: where the reading puts another in a model's place, that one is read.

    Args:
        results: data, weights, matrices and metrics readable.
        reading: the reading.
    """

    def __init__(self, results: Results, reading: Reading):
        self._results = results
        self._reading = reading
        self.features = results.features
        self.sparsities = results.sparsities
        self.controls = results.controls
        self.importance = results.importance
        self.sweep = results.sweep
        self.cells: set[tuple[str, str, str]] = set()  # (model, sparsity, variant it was trained as) read so far
        self.options: set[tuple[str, str | float]] = set()  # (option, value) read so far

    @property
    def inputs(self) -> frozenset:
        """What the claim has read and a reading could change: two readings with the same inputs are one."""
        return frozenset((*self.cells, *self.options))

    def under(self, choice: str) -> Self:
        """The same reading with the weights of another: what claims compare models with, such as an exact optimum.

        Args:
            choice: the variant that a choice trains, as axis.choice, such as training.optimum; "default" for the first.
        """
        other = copy(self)  # what is read through it counts as read here
        variant = self._results.variant if choice == DEFAULT else choice
        other._reading = replace(self._reading, variant=variant)
        return other

    def model(self, name: str) -> str:
        """The model that a reading puts in a model's place, or that model."""
        return self._reading.models.get(name, name)

    def hidden(self, name: str) -> int:
        """Size of a model's hidden layer."""
        return self.size(name)[1]

    def size(self, name: str) -> tuple[int, int]:
        """A model's numbers of features and of hidden units."""
        return self._results.size(self.model(name))

    def importance_of(self, name: str) -> np.ndarray:
        """Weight of each of a model's features in the loss (feature,), where no sweep changes it."""
        return self._results.importance_of(self.model(name))

    def metric(self, name: str, sparsity: str, column: str) -> np.ndarray:
        """A column of metrics.csv (seed,); before it an axis for each swept setting."""
        return self._results.metric(self._read(name, sparsity), sparsity, column, self._reading.variant)

    def matrix(self, name: str, sparsity: str, array: str) -> np.ndarray:
        """An array of matrices.safetensors (seed, ...), float64; before the seeds an axis for each swept setting."""
        values = self._results.matrices(self._read(name, sparsity), sparsity, array, self._reading.variant)
        return values.astype(np.float64)

    def weights(self, name: str, sparsity: str, array: str) -> np.ndarray:
        """An array of weights.safetensors (seed, ...), float64; before the seeds an axis for each swept setting."""
        values = self._results.weights(self._read(name, sparsity), sparsity, array, self._reading.variant)
        return values.astype(np.float64)

    def data(self, sparsity: str) -> np.ndarray:
        """The held-out set (seed, sample, feature), the same under every reading."""
        return self._results.data(sparsity)

    def option(self, name: str) -> str | float:
        """The value of an option that the reading's choices set.

        Raises:
            UserError: no choice sets it.
        """
        if name not in self._reading.options:
            known = ", ".join(self._reading.options) or "none"
            raise UserError(f"option {name!r} is set by no choice; allowed: {known}")
        self.options.add((name, self._reading.options[name]))
        return self._reading.options[name]

    def _read(self, name: str, sparsity: str) -> str:
        """The model read for a model, noted with the cell."""
        model = self.model(name)
        self.cells.add((model, sparsity, self._results.trained_as(model, self._reading.variant)))
        return model
