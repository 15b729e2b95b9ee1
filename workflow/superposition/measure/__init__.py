"""Numbers about trained models, the closed forms they are compared with, and `Results`, by which all else reads them.

What enters: weights and held-out sets. What leaves: matrices and metrics of every instance. `stage.py` is what the
rule `extract` runs. A measure is added here. It imports `train`, `data`, `spec` and `store`.
"""
