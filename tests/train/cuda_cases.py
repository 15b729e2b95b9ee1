"""Train tiny models in Numba's simulator and by the fused engine; run by `test_cuda`.

    NUMBA_ENABLE_CUDASIM=1 python tests/train/cuda_cases.py

Prints one JSON object: for each case which of the two engines' results differ (none should), the plan, and, where a step
of SGD shows it, the gradient.
"""

import json
import sys

import numpy as np
from fused_weights import normal_weights
from superposition.train.fused import training as fused
from superposition.train.fused.data import DataSpec
from superposition.train.fused.job import Job
from superposition.train.fused.model import ModelSpec, sparse_plan
from superposition.train.fused.optimiser import OptimiserSpec

ROWS = np.random.default_rng(0).random((40, 5), np.float32)
SGD = OptimiserSpec("sgd", lr=0.03)
EVERYTHING = {"tied": False, "hidden_relu": True, "l1": 0.01}


def job(n=4, m=2, sparsity=0.5, batch=20, steps=3, optimiser=None, data=None, **flags):
    """A tiny model; names of its steps as in the tests of the fused engine."""
    model = ModelSpec(n, m, 0.9 ** np.arange(n) / n, **flags)
    weights = [normal_weights(part, (n, m), (m, n), 0.5) for part in (1, 2)]
    return Job(
        model,
        DataSpec(np.full(n, sparsity), **(data or {})),
        optimiser or OptimiserSpec(lr=0.01, weight_decay=0.01),
        batch,
        steps,
        weights[0],
        None if model.tied else weights[1],
        normal_weights(3, (n, m), n, 0.1) if model.bias else None,
        seed=5,
        key=(1,),
        loss_steps=tuple(sorted({1, steps})),
        snapshot_steps=(0, steps),
    )


SETS = {"set_id": np.arange(6) // 3, "signed": True}
# name: (jobs of one call, how they are trained)
CASES = {
    "default": ([job()], {}),
    "one feature, one hidden unit": ([job(1, 1)], {}),
    "two features, one hidden unit": ([job(2, 1)], {}),
    "hidden units for every group": ([job(6, 5, batch=70, steps=2)], {}),
    "one group": ([job(6, 5, steps=2)], {"groups": 1}),
    "two groups": ([job(6, 5, steps=2)], {"groups": 2}),
    "a launch for every step": ([job(steps=4)], {"chunk": 1}),
    "a strip and a bit": ([job(batch=65, steps=2)], {}),
    "a sample": ([job(batch=1)], {}),
    "everything": ([job(**EVERYTHING)], {}),
    "no bias, no ReLU": ([job(bias=False, output_relu=False)], {}),
    "absolute target": ([job(absolute_target=True, hidden_relu=True, data={"signed": True})], {}),
    "L1 alone": ([job(l1=0.1)], {}),
    "Adam": ([job(optimiser=OptimiserSpec("adam", lr=0.01, beta1=0.8, eps=1e-6, weight_decay=0.1, decay=True))], {}),
    "SGD": ([job(optimiser=OptimiserSpec("sgd", lr=0.3, weight_decay=0.1, decay=True), **EVERYTHING)], {}),
    "fixed rows": ([job(5, 2, batch=16, steps=6, data={"rows": ROWS})], {"chunk": 4}),
    "all fixed rows": ([job(5, 2, batch=40, data={"rows": ROWS})], {}),
    "correlated sets": ([job(6, data=SETS)], {}),
    "anticorrelated sets": ([job(6, data=SETS | {"anticorrelated": True})], {}),
    "divergence": ([job(5, batch=64, steps=12, output_relu=False, optimiser=OptimiserSpec("sgd", lr=1e4))], {}),
    "sparse": ([job(20, 16, 0.9)], {}),
    "sparse, everything": ([job(9, 48, 0.9, steps=2, **EVERYTHING)], {}),
    "sparse, a strip and a bit": ([job(22, 17, 0.97, batch=70, steps=1)], {"groups": 2}),
    "sparse, SGD, fixed rows": ([job(5, 64, 0.9, batch=16, steps=6, optimiser=SGD, data={"rows": ROWS})], {}),
    "sparse, in global memory": ([job(60, 20, 0.95, batch=8, steps=1)], {}),
    "nothing in shared memory": ([job(6, 3, steps=2)], {"budget": 1024}),
    "sparse, nothing in shared memory": ([job(20, 16, 0.9, steps=2)], {"budget": 1024}),
    "several models": (
        [job(), job(sparsity=0.9), job(optimiser=OptimiserSpec(lr=0.1)), job(3, 1), job(optimiser=SGD), job(l1=0.1)],
        {},
    ),
}
GRADIENTS = {
    "dense": job(5, 2, batch=70, steps=1, optimiser=OptimiserSpec("sgd", lr=1.0), **EVERYTHING),
    "tied": job(5, 2, batch=70, steps=1, optimiser=OptimiserSpec("sgd", lr=1.0)),
    "sparse": job(20, 16, 0.9, batch=70, steps=1, optimiser=OptimiserSpec("sgd", lr=1.0), **EVERYTHING),
}


def parts(result):
    """Every array of a result by its name."""
    named = dict(zip(("W", "V", "b"), (result.encoder, result.decoder, result.bias), strict=True))
    named |= dict(zip(("snapshots of W", "of V", "of b"), result.snapshots, strict=True))
    named |= {"losses": result.losses, "diverged": np.array(result.diverged)}
    return {name: array for name, array in named.items() if array is not None}


def differing(task, result):
    """Names of the arrays of a GPU's result that are not the fused engine's bits."""
    ours, theirs = parts(result), parts(fused.train(task))
    equal = {name for name in ours.keys() & theirs.keys() if ours[name].tobytes() == theirs[name].tobytes()}
    return sorted((ours.keys() | theirs.keys()) - equal)


def main():
    from superposition.train.cuda.launch import train  # which imports CUDA, or the simulator if NUMBA_ENABLE_CUDASIM=1

    sys.setswitchinterval(1e-3)
    found = {}
    for name, (tasks, options) in CASES.items():
        results = train(tasks, **options)
        found[name] = {
            "differ": [differing(task, result) for task, result in zip(tasks, results, strict=True)],
            "sparse": bool(sparse_plan(tasks[0].model, tasks[0].data.density)),
            "diverged": results[0].diverged,
            "learned": bool((results[0].encoder != tasks[0].encoder).any()),
        }
    for name, task in GRADIENTS.items():
        result = train([task])[0]
        pairs = [(task.encoder, result.encoder), (task.decoder, result.decoder), (task.bias, result.bias)]
        found[f"gradient, {name}"] = [None if a is None else (a - b).tolist() for a, b in pairs]
    print(json.dumps(found))


if __name__ == "__main__":
    main()
