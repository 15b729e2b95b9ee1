"""The fused engine: one compiled function that runs a model's whole training loop (`training.train`).

What enters: a model's, its data's and its optimiser's specification. What leaves: weights and losses, the same bits on
every processor. `target` tells what the processor offers; `lanes`, `fma`, `memory` and `bits` are the alphabet,
`tiles`, `dense` and `sparse` the products.
"""
