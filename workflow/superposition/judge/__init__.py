"""From measured effects to intervals and verdicts, under every reading.

What enters: an experiment's results and its claims. What leaves: claims.json and claims.csv. `stage.py` is what the
rule `judge` runs. A rule of judging is added here. It imports `measure`, `pipeline` and what lies below them.
"""
