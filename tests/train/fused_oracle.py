"""The model family and its training loop in torch, as plain as can be: what the kernel must agree with."""

import torch


def loss_of(model, batch, encoder, decoder, bias):
    """The loss of `ModelSpec` for inputs (batch, n)."""
    hidden = batch @ encoder.T
    hidden = hidden.relu() if model.hidden_relu else hidden
    output = hidden @ (encoder if model.tied else decoder)
    output = output + bias if model.bias else output
    output = output.relu() if model.output_relu else output
    target = batch.abs() if model.absolute_target else batch
    importance = torch.as_tensor(model.importance, dtype=batch.dtype)
    squares = (importance * (target - output) ** 2).sum(1)
    return (squares + model.l1 * hidden.abs().sum(1)).mean()


def parameters(model, initial, dtype):
    """Leaf tensors of (W, V, b), None where the model has none."""
    used = (True, not model.tied, model.bias)
    return [
        torch.tensor(value, dtype=dtype, requires_grad=True) if on else None
        for value, on in zip(initial, used, strict=True)
    ]


def gradients(model, batch, initial):
    """(loss, gradients of W, V, b) in float64."""
    leaves = parameters(model, initial, torch.float64)
    loss = loss_of(model, torch.tensor(batch, dtype=torch.float64), *leaves)
    loss.backward()
    return loss.item(), [None if leaf is None else leaf.grad.numpy() for leaf in leaves]


def train(model, optimiser, batches, initial):
    """(W, V, b, losses) after one step on each of `batches` (steps, batch, n), in float32 by torch.optim."""
    leaves = parameters(model, initial, torch.float32)
    used = [leaf for leaf in leaves if leaf is not None]
    common = {"lr": optimiser.lr, "weight_decay": optimiser.weight_decay}
    adam = {"betas": (optimiser.beta1, optimiser.beta2), "eps": optimiser.eps}
    if optimiser.kind == "sgd":
        stepper = torch.optim.SGD(used, **common)
    else:
        stepper = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[optimiser.kind](used, **common, **adam)
    losses = []
    for step, batch in enumerate(batches):
        for group in stepper.param_groups:
            group["lr"] = optimiser.lr * (1 - step / len(batches)) if optimiser.decay else optimiser.lr
        stepper.zero_grad()
        loss = loss_of(model, torch.from_numpy(batch), *leaves)
        loss.backward()
        stepper.step()
        losses.append(loss.item())
    return [None if leaf is None else leaf.detach().numpy() for leaf in leaves], losses
