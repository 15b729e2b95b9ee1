"""Figures are closed after every test: pyplot warns of many that are open at once."""

import matplotlib.pyplot as plt
import pytest


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")
