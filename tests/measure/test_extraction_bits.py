"""Measures and intervals have the same bits whatever the processor, as the fused engine's weights have."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import shared_text
from processors import PROCESSORS, environment_of

SCRIPT = Path(__file__).with_name("extraction_hash.py")


def hash_under(environment):
    done = subprocess.run([sys.executable, SCRIPT], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture(scope="session")
def host_hash(tmp_path_factory):
    return shared_text(tmp_path_factory, "extraction-bits", lambda _: hash_under(os.environ))


@pytest.mark.parametrize("processor", PROCESSORS)
def test_measures_and_intervals_are_the_same_bits_on(processor, host_hash, tmp_path):
    assert hash_under(environment_of(processor, tmp_path)) == host_hash
