"""Exact optima: the weights of least expected loss of small models, found without sampling (`minimise.optimum`).

What enters: a model's size, the densities of its features and the factors of their errors. What leaves: weights, their
expected loss, and a certificate that it is stationary and a minimum. `expected_loss` integrates, `starts` and `newton`
search, `eigen` decomposes Hessians, `linear` is the closed form without ReLU, and `support` says what is not supported.
Only sums, products, quotients and roots in a fixed order are used: the same bits on every processor.
"""
