"""The loop of the published notebooks: einsum over an instance axis, autograd, torch's AdamW, fresh data each step."""

import torch


class Notebook:
    """`instances` ReLU-output models with bias and tied weights, trained together."""

    def __init__(self, features, hidden, instances, density=0.1, batch=1024):
        self.W = torch.nn.Parameter(torch.nn.init.xavier_normal_(torch.empty(instances, features, hidden)))
        self.b = torch.nn.Parameter(torch.zeros(instances, features))
        self.optimiser = torch.optim.AdamW([self.W, self.b], lr=1e-3)
        self.importance = torch.ones(features)
        self.shape, self.density = (batch, instances, features), density

    def steps(self, count):
        """Take so many steps."""
        for _ in range(count):
            self.optimiser.zero_grad(set_to_none=True)
            values = torch.rand(self.shape)
            batch = torch.where(torch.rand(self.shape) <= self.density, values, torch.zeros(()))
            hidden = torch.einsum("bif,ifh->bih", batch, self.W)
            output = torch.relu(torch.einsum("bih,ifh->bif", hidden, self.W) + self.b)
            error = self.importance * (batch - output) ** 2
            loss = error.mean((0, 2)).sum()
            loss.backward()
            self.optimiser.step()
