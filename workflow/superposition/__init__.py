"""Replication of experiments on superposition in neural networks.

The library behind the pipeline. It knows nothing of Snakemake nor of any one experiment; the command line is
`python -m superposition`.
"""
