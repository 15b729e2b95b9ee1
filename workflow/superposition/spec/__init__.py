"""What experiment.yaml and config.yaml may say: schemas, readings, variants, sweeps.

What enters: YAML documents. What leaves: frozen, checked values, or one line that names file, key, found and allowed.
It imports `store`.
"""
