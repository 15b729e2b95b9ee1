"""What exists, what is stale, what it costs and which runs live: the room that faces Snakemake.

What enters: the configuration and the experiments' specifications. What leaves: a plan, that is every product's path
and the `Stage` that makes it, whose digest decides what is stale. It imports `train`, `data`, `spec` and `store`.
"""
