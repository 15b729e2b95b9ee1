"""Tidy tables: every value of an array stands in one row, beside the labels of its place."""

import numpy as np
import pandas as pd
import pytest
from superposition.measure.results import Results
from superposition.measure.tables import labelled, tidy
from superposition.pipeline.plan import load_plan


def test_rows_run_through_the_axes_the_last_one_fastest():
    table = tidy({"norm": np.array([[1, 2, 3], [4, 5, 6]])}, seed=[7, 8], feature=[1, 2, 3])
    assert list(table.columns) == ["seed", "feature", "norm"]
    assert table.to_numpy().tolist() == [[7, 1, 1], [7, 2, 2], [7, 3, 3], [8, 1, 4], [8, 2, 5], [8, 3, 6]]
    assert table["norm"].dtype == np.float64


def test_words_stay_words():
    table = labelled(tidy({"kind": np.array(["digon", "pentagon"])}, feature=[1, 2]), model="ReLU")
    assert table.to_dict("records") == [
        {"model": "ReLU", "feature": 1, "kind": "digon"},
        {"model": "ReLU", "feature": 2, "kind": "pentagon"},
    ]


@pytest.fixture
def results(built, monkeypatch):
    """The article's results under the smoke preset."""
    monkeypatch.chdir(built.folder)
    plan = load_plan({"preset": "smoke"})
    return Results("article", plan.described("article"), ("data", "weights", "matrices", "metrics"), lambda path: path)


def test_a_quantity_has_a_row_for_each_model_sparsity_seed_and_feature(results):
    table = results.table("matrices", "norm")
    models, seeds = list(results.labels.values()), results.seeds
    assert list(table.columns) == ["model", "sparsity", "seed", "feature", "norm"]
    assert len(table) == len(models) * len(results.sparsities) * len(seeds) * 40
    row = table.query("model == 'ReLU' and sparsity == '0.9' and seed == @seeds[1] and feature == 3")
    assert row["norm"].item() == pytest.approx(results.matrices("relu", "0.9", "norm")[1, 2])


def test_gram_matrices_have_two_axes_of_features_and_data_no_model(results):
    gram = results.table("matrices", "gram", models=["linear"], sparsities=["0.1"])
    entry = gram.query("seed == seed.iloc[0] and feature == 2 and other == 5")["gram"].item()
    assert entry == pytest.approx(results.matrices("linear", "0.1", "gram")[0, 1, 4])
    data = results.table("data", "test", sparsities=["0.5"])
    assert list(data.columns) == ["sparsity", "seed", "sample", "feature", "test"]


def test_labelled_quantities_share_a_column(results):
    table = results.table("matrices", {"bias": "parameter b", "norm": "length"}, models=["relu"], stacked="reading")
    assert set(table["reading"]) == {"parameter b", "length"}
    wide = results.table("matrices", ("bias", "norm"), models=["relu"])
    pd.testing.assert_series_equal(
        table.query("reading == 'length'")["value"].reset_index(drop=True), wide["norm"], check_names=False
    )


def test_metrics_are_columns(results):
    table = results.table("metrics", ("test_loss", "steps"))
    first = results.metrics("linear", "0.1").iloc[0]
    assert table.iloc[0]["test_loss"] == pytest.approx(first["test_loss"])
    assert table.iloc[0]["model"] == "linear"
