"""The torch engine's optimisers make the updates of torch.optim, with a learning rate for each instance."""

import pytest
import torch
from superposition.train.engines.optimisers import Optimizer
from training_cells import TRAINING


@pytest.mark.parametrize(
    ("rule", "oracle"),
    [
        ("adam", lambda p, lr: torch.optim.Adam(p, lr=lr, betas=(0.8, 0.99), eps=1e-6)),
        ("adamw", lambda p, lr: torch.optim.AdamW(p, lr=lr, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1)),
        ("sgd", lambda p, lr: torch.optim.SGD(p, lr=lr)),
    ],
)
def test_updates_are_those_of_torch_optim_with_a_learning_rate_per_instance(rule, oracle):
    rates = [0.1, 0.003]
    hyper = [
        {**TRAINING, "optimizer": rule, "learning_rate": rate, "beta1": 0.8, "beta2": 0.99, "epsilon": 1e-6,
         "weight_decay": 0.1 if rule == "adamw" else 0.0}
        for rate in rates
    ]  # fmt: skip
    start = torch.randn(2, 3, 4, generator=torch.Generator().manual_seed(0))
    ours = start.clone().requires_grad_()
    theirs = [start[i].clone().requires_grad_() for i in range(2)]
    optimizer, oracles = (
        Optimizer([ours], hyper),
        [oracle([p], r) for p, r in zip(theirs, rates, strict=True)],
    )
    for _ in range(20):
        optimizer.parameters[0].grad = None
        (ours**4 / 4 - ours).sum().backward()
        optimizer.step()
        for parameter, one in zip(theirs, oracles, strict=True):
            one.zero_grad()
            (parameter**4 / 4 - parameter).sum().backward()
            one.step()
    for i in range(2):
        assert torch.allclose(ours[i], theirs[i], rtol=1e-5, atol=1e-6)


def test_a_linear_schedule_ends_at_zero():
    hyper = [{**TRAINING, "optimizer": "sgd", "learning_rate": 1.0, "schedule": "linear", "steps": 4}]
    parameter = torch.zeros(1, 1, requires_grad=True)
    optimizer, moves = Optimizer([parameter], hyper), []
    for _ in range(4):
        before = parameter.item()
        parameter.grad = -torch.ones(1, 1)
        optimizer.step()
        moves.append(parameter.item() - before)
    assert moves == pytest.approx([1.0, 0.75, 0.5, 0.25])
