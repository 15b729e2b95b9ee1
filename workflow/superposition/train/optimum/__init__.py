"""Exact optima: the weights of least expected loss of small models, found without sampling (`minimise.optimum`).

What enters: a model's size, the densities of its features and the factors of their errors. What leaves: weights, their
expected loss, and a certificate that it is stationary and a minimum. `quadrature` and `expected_loss` integrate;
`starts`, `newton` and `settle` search, with the eigenvectors of `eigen` and the second-order test of `curvature`;
`linear` is the closed form without ReLU; `support` says what is not supported. Only sums, products, quotients and roots
in a fixed order are used: the same bits on every processor.
"""
