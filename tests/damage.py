"""Products of the article that are damaged on purpose, and what their readers say to it."""

import os
import random
from contextlib import contextmanager
from pathlib import Path

import pytest
from superposition.store.errors import UserError

FLIPS = 100
CELL = "results/article/relu/S0.9"
BUNDLE = "report/figures/article-bias"
DATA = "data/article/S0.9.safetensors"
PRODUCTS = {
    "data": DATA,
    "weights": f"{CELL}/weights.safetensors",
    "matrices": f"{CELL}/matrices.safetensors",
    "metrics": f"{CELL}/metrics.csv",
    "claims": "results/article/claims.json",
    "table": "results/article/claims.csv",
}


@contextmanager
def holding(contents):
    """Files that hold other bytes meanwhile, and then their own again, with their times: to Snakemake nothing happened."""
    before = {Path(path): (Path(path).read_bytes(), os.stat(path)) for path in contents}
    try:
        for path, content in contents.items():
            Path(path).write_bytes(content)
        yield
    finally:
        for path, (content, stat) in before.items():
            path.write_bytes(content)
            os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def flips(content, seed):
    """The content with one byte changed, at seeded random places."""
    generator = random.Random(seed)
    for _ in range(FLIPS):
        place, change = generator.randrange(len(content)), generator.randrange(1, 256)
        yield content[:place] + bytes([content[place] ^ change]) + content[place + 1 :]


def refusals(path, contents, read):
    """The error under each content; fails where one is read without an error."""
    found = []
    for content in contents:
        with holding({path: content}), pytest.raises(UserError) as caught:
            read()
        found.append(str(caught.value))
    return found
