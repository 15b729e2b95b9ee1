"""What training toy models gives: their weights, losses and measures, and each as a torch module."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import measures
from ..data.instances import Instance
from ..data.sampling import draw
from ..data.streams import Purpose, stream

if TYPE_CHECKING:
    import pandas as pd

    from ..train.models import Autoencoder

SIZES = {"features": "feature", "hidden": "dimension"}  # settings, and what they count


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"


@dataclass(frozen=True, eq=False)
class ToyModels:
    """Models that `train` has trained, along a first axis: by sparsity, then importance, then seed, the last fastest.

    `models.W[i]` is a bare matrix (hidden, feature), as `superposition.measures` and `superposition.plots` take it;
    `values.reshape(models.shape)` lays one value a model out by sparsity, importance and seed.

    Args:
        arrays: by name, as in a run's weights.safetensors: W, b, loss and loss_step; V where weights are untied;
            snapshot_W (model, snapshot, hidden, feature), snapshot_b and snapshot_step where snapshots are asked for.
        settings: every argument of `train`, defaults included: `train(**models.settings)` trains the same models.
        instances: what each model's weights depend on.
    """

    arrays: dict[str, np.ndarray]
    settings: dict[str, Any]
    instances: tuple[Instance, ...]

    def __len__(self) -> int:
        return len(self.instances)

    def __repr__(self) -> str:
        by = ("sparsity", "importance", "seed")
        counts = ", ".join(f"{name}: {count}" for name, count in zip(by, self.shape, strict=True))
        features, hidden = (_counted(self.settings[name], word) for name, word in SIZES.items())
        architecture = self.settings["architecture"]
        return f"<{_counted(len(self), 'toy model')}: {features} in {hidden}, {architecture}; {counts}>"

    @property
    def shape(self) -> tuple[int, int, int]:
        """How many sparsities, importances and seeds there are."""
        sparsities, seeds = len(self.settings["sparsity"]), len(self.settings["seeds"])
        return sparsities, len(self) // (sparsities * seeds), seeds

    @property
    def W(self) -> np.ndarray:
        """Encoders, float32 (model, hidden, feature); the decoders too where weights are tied."""
        return self.arrays["W"]

    @property
    def V(self) -> np.ndarray:
        """Decoders, float32 (model, hidden, feature): W where weights are tied."""
        return self.arrays.get("V", self.W)

    @property
    def b(self) -> np.ndarray:
        """Biases, float32 (model, feature): zero where models have none."""
        return self.arrays["b"]

    @property
    def loss(self) -> np.ndarray:
        """Training loss (model, record): the mean over the steps since the record before."""
        return self.arrays["loss"]

    @property
    def steps(self) -> np.ndarray:
        """The last step of each record of `loss` (record,), counted from 1."""
        return self.arrays["loss_step"][0]

    @cached_property
    def test_loss(self) -> np.ndarray:
        """Loss of each model on held-out samples, float64 (model,): a seed's own, as a run's metrics.csv has it."""
        from ..measure.reconstruction import error_sums
        from ..spec.architectures import BUILT_IN

        samples, losses = self.settings["test_samples"], []
        for place, instance in enumerate(self.instances):
            x = draw(stream(instance.seed, Purpose.TEST_SET), samples, instance.distribution)
            weights = (self.W[place], self.V[place], self.b[place])
            _, squares = error_sums(BUILT_IN[instance.architecture], *weights, x, instance.target == "absolute")
            losses.append(float((instance.loss_weights * (squares / samples)).sum()))
        return np.array(losses)

    @property
    def best(self) -> np.ndarray:
        """Which model has the lowest held-out loss of all seeds, (sparsity, importance): `models.W[models.best]`."""
        losses = self.test_loss.reshape(self.shape)
        return np.arange(len(self)).reshape(self.shape)[*np.indices(self.shape[:2]), losses.argmin(axis=-1)]

    @cached_property
    def metrics(self) -> "pd.DataFrame":
        """A row for each model, with the columns that a run's metrics have; `importance` counts them from 1."""
        import pandas as pd

        from ..measure.features import loss_slope

        sparsities, importances, seeds = np.indices(self.shape).reshape(3, -1)
        return pd.DataFrame(
            {
                "sparsity": np.take(self.settings["sparsity"], sparsities),
                "importance": importances + 1,
                "seed": np.take(self.settings["seeds"], seeds),
                "train_loss": self.loss[:, -1].astype(np.float64),
                "test_loss": self.test_loss,
                "loss_slope": loss_slope(self.loss, self.arrays["loss_step"]),
                "features_represented": measures.features_represented(self.W),
                "features_per_dimension": measures.features_per_dimension(self.W),
                "dimensionality_sum": measures.dimensionality(self.W).sum(axis=-1),
                "frobenius_squared": np.square(self.W, dtype=np.float64).sum(axis=(-2, -1)),
            }
        )

    @property
    def gram(self) -> np.ndarray:
        """VᵀW of each model (model, feature, feature), which is WᵀW where weights are tied: `measures.gram`."""
        return measures.gram(self.W, self.V)

    @property
    def norms(self) -> np.ndarray:
        """‖W_i‖ (model, feature): `measures.norms`."""
        return measures.norms(self.W)

    @property
    def interference(self) -> np.ndarray:
        """Σ_{j≠i} (Ŵ_i · W_j)² (model, feature): `measures.interference`."""
        return measures.interference(self.W)

    @property
    def dimensionality(self) -> np.ndarray:
        """D_i (model, feature), the share of a dimension that each feature has: `measures.dimensionality`."""
        return measures.dimensionality(self.W)

    def to_torch(self, model: int = 0) -> "Autoencoder":
        """One of the models as a torch module, its parameters copies: `to_torch(3)(x)` for x (sample, feature).

        Args:
            model: its place on the first axis.
        """
        import torch

        from ..train.models import find

        W, V, b = (torch.from_numpy(array[model].copy()) for array in (self.W, self.V, self.b))
        tied, bias = self.settings["tied"], self.settings["bias"]
        return find(self.settings["architecture"])(W, b if bias else None, None if tied else V)
