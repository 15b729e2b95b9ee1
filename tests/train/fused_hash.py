"""Print one SHA-256 of the weights that several instances train to; run by `test_fused_bits`."""

import hashlib

import numpy as np
from fused_weights import normal_weights
from superposition.train.fused.data import BatchStream, DataSpec
from superposition.train.fused.job import Job
from superposition.train.fused.model import ModelSpec
from superposition.train.fused.optimiser import OptimiserSpec
from superposition.train.fused.training import train

SPARSE, SIGNED, DENSE = {"sparsity": 0.9}, {"sparsity": 0.7, "signed": True}, {"sparsity": 0.4, "signed": True}
INSTANCES = [
    (2, 1, {}, SPARSE, OptimiserSpec()),
    (5, 2, {}, SPARSE, OptimiserSpec(weight_decay=0.01, decay=True)),
    (20, 5, {"tied": False, "hidden_relu": True, "l1": 0.01}, SIGNED, OptimiserSpec("adam")),
    (40, 20, {}, SPARSE, OptimiserSpec()),
    (30, 40, {"tied": False, "hidden_relu": True, "absolute_target": True}, DENSE, OptimiserSpec("sgd", lr=0.1)),
    (30, 40, {"tied": False, "hidden_relu": True, "l1": 0.01}, SPARSE, OptimiserSpec()),
    (12, 3, {"output_relu": False}, {**SPARSE, "sets": True}, OptimiserSpec()),
    (23, 7, {}, SIGNED, OptimiserSpec()),
    (80, 20, {"hidden_relu": True, "l1": 0.01}, SPARSE, OptimiserSpec()),
    (101, 36, {}, SPARSE, OptimiserSpec("adam", lr=0.01)),
]


def main():
    digest = hashlib.sha256()
    for number, (n, m, model, data, optimiser) in enumerate(INSTANCES):
        initial = {"encoder": normal_weights(0, (number,), (m, n), 0.4)}
        if not model.get("tied", True):
            initial["decoder"] = normal_weights(1, (number,), (m, n), 0.4)
        sets = np.arange(n) // 3 if data.get("sets") else None
        spec = DataSpec(np.full(n, data["sparsity"]), data.get("signed", False), sets, anticorrelated=True)
        model = ModelSpec(n, m, 0.9 ** np.arange(n) / n, **model)
        result = train(Job(model, spec, optimiser, 200, 50, **initial, key=(number,), loss_steps=(50,)))
        parts = [result.encoder, result.decoder, result.bias, result.losses]
        parts.append(BatchStream(spec, 200, 0, (number,)).take(1))
        for part in parts:
            digest.update(b"" if part is None else part.tobytes())
    print(digest.hexdigest())


if __name__ == "__main__":
    main()
