"""Adam, AdamW and SGD with hyper-parameters per instance.

torch.optim holds one learning rate for a tensor; here each instance, along a parameter's first axis, has its own. The
updates are torch.optim's (without its AMSGrad and momentum options), which a test compares them with.
"""

from collections.abc import Sequence

import torch


class Optimizer:
    """Updates parameters (instance, ...) in place.

    Args:
        parameters: the tensors to update.
        settings: one `training` dict (spec.settings.Training) per instance; all of one optimizer and length.
    """

    def __init__(self, parameters: Sequence[torch.Tensor], settings: Sequence[dict]):
        self.parameters = list(parameters)
        self.rule = settings[0]["optimizer"]
        self.steps = settings[0]["steps"]
        self.step_count = 0
        self.moments = [(torch.zeros_like(p), torch.zeros_like(p)) for p in self.parameters]
        columns = {
            name: torch.tensor([training[name] for training in settings], dtype=torch.float64) for name in _PER_INSTANCE
        }
        self.falling = torch.tensor([training["schedule"] == "linear" for training in settings])
        self.rates, self.decay = columns["learning_rate"], columns["weight_decay"]
        self.beta1, self.beta2, self.epsilon = columns["beta1"], columns["beta2"], columns["epsilon"]

    @torch.no_grad()
    def step(self) -> None:
        """One update from the parameters' gradients."""
        progress = self.step_count / self.steps
        rate = torch.where(self.falling, self.rates * (1 - progress), self.rates)  # (instance,)
        self.step_count += 1
        for parameter, (first, second) in zip(self.parameters, self.moments, strict=True):

            def shaped(values, parameter=parameter):
                return values.to(parameter.dtype).view(-1, *[1] * (parameter.dim() - 1))

            gradient = parameter.grad
            if self.rule == "sgd":
                parameter -= shaped(rate) * gradient
                continue
            if self.rule == "adamw":
                parameter *= shaped(1 - rate * self.decay)
            first.lerp_(gradient, shaped(1 - self.beta1))
            second.mul_(shaped(self.beta2)).addcmul_(gradient * shaped(1 - self.beta2), gradient)
            corrected = shaped(rate / (1 - self.beta1**self.step_count))
            root = second.sqrt().div_(shaped((1 - self.beta2**self.step_count).sqrt())).add_(shaped(self.epsilon))
            parameter -= corrected * first / root


_PER_INSTANCE = ("learning_rate", "weight_decay", "beta1", "beta2", "epsilon")
