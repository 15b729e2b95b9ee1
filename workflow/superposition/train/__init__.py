"""Models and what trains them: torch modules are the definition, engines compute the same, faster.

What enters: instances and their data sets. What leaves: weights (instance, hidden, feature), biases and the loss
history. `stage.py` is what the rule `train` runs; `engines/` holds a module for each engine, `fused/` and `cuda/` the
kernels. A model or an engine is added here. It imports `data`, `spec` and `store`.
"""
