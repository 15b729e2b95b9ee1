"""Figures: style, marks, and bundles that can be cited.

What enters: an experiment's results and verdicts. What leaves: a folder per figure with its pictures, data, caption
and provenance. `stage.py` is what the rule `figure` runs. A kind of plot is added here. It imports `judge` and what
lies below.
"""
