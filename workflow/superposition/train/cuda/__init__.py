"""The GPU's engine: a kernel that runs whole training loops, to the bits of the fused engine. See `launch.train`.

Importing this package imports CUDA; only `engines.cuda` does.
"""
