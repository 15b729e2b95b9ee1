"""Sparse samples, the streams of random numbers they are drawn from, and the instance axis of a cell.

What enters: a stage's settings. What leaves: data sets (dataset, sample, feature) and instances, each with its
settings. `stage.py` is what the rule `data` runs. It imports `store`.
"""
