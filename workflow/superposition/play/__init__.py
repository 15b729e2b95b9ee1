"""The library from a program or a notebook: toy models trained on the spot, and a run's products by name.

What enters: keyword arguments and paths. What leaves: arrays, tables and torch modules. `superposition/__init__.py`
gives these names to `import superposition`, with `measures.py` and `plots.py` beside it. It imports what lies below.
"""
