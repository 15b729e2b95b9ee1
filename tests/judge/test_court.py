"""A claim before the court: under every reading, on controls, trained on; on results of which the answers follow by hand."""

import numpy as np
import pytest
from superposition.data.instances import CONTINUED, PERMUTED, PLANTED, UNTRAINED
from superposition.judge import evidence
from superposition.judge.judging import Court
from superposition.judge.record import CellConvergence
from superposition.judge.standing import NEITHER, standing
from superposition.judge.verdicts import Verdict
from superposition.spec.claims import Axis, Claim
from superposition.spec.readings import readings
from superposition.store.errors import UserError

SEEDS = 10
BASE, TUNED = "default", "training.tuned"
MADE = (UNTRAINED, PERMUTED, PLANTED)
AXES = {
    "training": {
        "question": "?",
        "default": "source",
        "why": "!",
        "choices": {
            "source": {"says": "as printed", "layer": "source"},
            "tuned": {"says": "better", "layer": "tuned", "change": {"training": {"steps": 9}}},
        },
    },
    "cut": {
        "question": "?",
        "default": "half",
        "why": "!",
        "choices": {
            "half": {"says": "1/2", "options": {"cut": 0.5}},
            "tenth": {"says": "1/10", "options": {"cut": 0.1}},
        },
    },
}


class FakeResults:
    """One model at two sparsities; a metric's values by variant and sparsity, by default those of the first variant."""

    experiment, features, sparsities, controls, importance, sweep = "", 4, ["0.1", "0.9"], {}, None, {}

    def __init__(self, values, absent=()):
        self.values, self.absent = values, absent

    def trained_as(self, model, variant):
        return BASE if variant in self.absent else variant

    def metric(self, model, sparsity, column, variant):
        spread = np.linspace(-0.01, 0.01, SEEDS)
        return self.values.get(self.trained_as(model, variant), self.values[BASE])[sparsity] + spread


def court(results, loose=()):
    axes = {name: Axis.model_validate(axis, strict=False) for name, axis in AXES.items()}
    cells = {
        (model, sparsity, variant): CellConvergence(
            model=model,
            sparsity=sparsity,
            variant=variant,
            slope=0,
            excess=None,
            moved=None,
            converged=variant not in loose,
        )
        for model in ("model",)
        for sparsity in results.sparsities
        for variant in (BASE, TUNED, CONTINUED)
    }
    layers = {name: axis.layers for name, axis in axes.items()}
    return Court(results, readings(axes, "one-at-a-time", BASE), cells, layers)


def claim(**changes):
    known = {
        "quote": "q", "statement": "s", "quantifier": "every", "effect": "e", "direction": "above", "threshold": 1.0,
        "why": "w", "figure": "f", "reason": "r", **changes,
    }  # fmt: skip
    return Claim.model_validate(known, strict=False)


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    def loss(evidence):
        return {s: evidence.metric("model", s, "loss") for s in evidence.sparsities}

    def share(evidence):
        cut = evidence.option("cut")
        return {s: evidence.metric("model", s, "loss") - cut for s in evidence.sparsities}

    def nothing(evidence):
        values = evidence.metric("model", "0.1", "loss")
        return {"some": np.where(np.arange(SEEDS) < 4, values, np.nan), "none": np.full(SEEDS, np.nan)}

    def scale_free(evidence):
        return {"all": np.sort(evidence.metric("model", "0.1", "loss")) * 0 + 2.0}

    for name, function in {"loss": loss, "share": share, "nothing": nothing, "scale-free": scale_free}.items():
        monkeypatch.setitem(evidence.claim, ("", name), function)


HOLDS = {"0.1": 2.0, "0.9": 3.0}
FAILS = {"0.1": 0.0, "0.9": 0.5}
MIXED = {"0.1": 0.0, "0.9": 3.0}


def test_a_claim_about_every_sparsity_is_refuted_by_one_and_one_about_some_is_not():
    results = FakeResults({BASE: MIXED})
    verdicts = {
        quantifier: court(results).judged("loss", claim(quantifier=quantifier))[0]
        for quantifier in ("every", "most", "some", "mean")
    }
    assert {name: reading.verdict.value for name, reading in verdicts.items()} == {
        "every": "not reproduced",
        "most": "not reproduced",
        "some": "reproduced",
        "mean": "reproduced",  # of 0 and 3: 1.5
    }
    assert [(reading.holds, reading.of) for reading in verdicts.values()] == [(1, 2), (1, 2), (1, 2), (1, 1)]
    assert [part.part for part in verdicts["mean"].parts] == ["0.1", "0.9", "mean"]


def test_readings_that_read_the_same_inputs_are_one():
    default, tuned, cut = court(FakeResults({BASE: HOLDS, TUNED: FAILS})).judged("loss", claim())
    assert (default.same_as, tuned.same_as, cut.same_as) == (None, None, "default")
    assert (default.verdict, tuned.verdict) == (Verdict.REPRODUCED, Verdict.NOT_REPRODUCED)
    _, _, cut = court(FakeResults({BASE: HOLDS})).judged("share", claim())
    assert cut.same_as is None


def test_a_variant_that_is_trained_as_another_is_no_reading_of_its_own():
    _, tuned, _ = court(FakeResults({BASE: HOLDS}, absent=(TUNED,))).judged("loss", claim())
    assert tuned.same_as == "default"


def test_what_cannot_be_measured_is_no_zero():
    (reading, *_) = court(FakeResults({BASE: HOLDS})).judged("nothing", claim())
    some, none = reading.parts
    assert (some.verdict, none.verdict) == (Verdict.REPRODUCED, Verdict.NOT_APPLICABLE)
    assert some.values[4:] == (None,) * 6
    assert none.mean is None
    assert (reading.verdict, reading.holds, reading.of) == (Verdict.REPRODUCED, 1, 1)


def test_layers_tell_a_false_claim_from_one_that_training_misses():
    here = court(FakeResults({BASE: FAILS, TUNED: HOLDS}))
    assert here.by_layer(here.judged("loss", claim())) == {"source": "not reproduced", "tuned": "reproduced"}
    here = court(FakeResults({BASE: FAILS, TUNED: FAILS}))
    assert standing(here.by_layer(here.judged("loss", claim()))) == NEITHER


def test_controls_are_judged_where_they_change_what_the_claim_reads():
    here = court(FakeResults({BASE: HOLDS, UNTRAINED: FAILS, PERMUTED: HOLDS}, absent=(PLANTED,)))
    untrained, permuted, planted = here.controls("loss", claim())
    assert (untrained.control, untrained.verdict) == ("untrained", Verdict.NOT_REPRODUCED)
    assert permuted.verdict is Verdict.NOT_APPLICABLE  # the same effect: the claim does not look at what was permuted
    assert planted.verdict is Verdict.NOT_APPLICABLE  # nothing is planted
    here = court(FakeResults({BASE: HOLDS, UNTRAINED: HOLDS | {"0.1": 2.5}, PLANTED: {"0.1": 9.0, "0.9": 9.0}}))
    untrained, permuted, planted = here.controls("loss", claim())
    assert (untrained.verdict, planted.verdict) == (Verdict.REPRODUCED, Verdict.REPRODUCED)


@pytest.mark.parametrize(("later", "converged"), [(2.004, True), (2.1, False)])
def test_an_effect_that_moves_when_trained_on_has_not_converged(later, converged):
    # Spread evenly over ±0.01, ten seeds have an interval of ± 0.0048.
    results = FakeResults({BASE: HOLDS, CONTINUED: HOLDS | {"0.1": later}})
    default = court(results).judged("loss", claim())[0]
    assert [part.converged for part in default.parts] == [converged, True]


def test_a_part_rests_on_the_cells_of_its_sparsity():
    reading = court(FakeResults({BASE: HOLDS}), loose=(TUNED,)).judged("loss", claim())[1]
    assert not any(part.converged for part in reading.parts)


def test_what_is_read_of_another_choice_is_read_under_every_reading():
    def excess(evidence):
        best = evidence.under("training.tuned")
        return {s: evidence.metric("model", s, "loss") - best.metric("model", s, "loss") for s in evidence.sparsities}

    evidence.claim["", "excess"] = excess
    default, tuned, cut = court(FakeResults({BASE: HOLDS, TUNED: {"0.1": 0.5, "0.9": 0.5}})).judged("excess", claim())
    assert [part.mean for part in default.parts] == pytest.approx([1.5, 2.5])
    assert [part.mean for part in tuned.parts] == [0.0, 0.0]
    assert (tuned.same_as, cut.same_as) == (None, "default")
    del evidence.claim["", "excess"]


def test_a_claim_that_fails_says_which_and_why():
    def broken(evidence):
        return {"all": evidence.metric("model", "0.3", "loss")}

    evidence.claim["", "broken"] = broken
    with pytest.raises(UserError, match=r"claim broken cannot be judged under reading default: KeyError: '0.3'"):
        court(FakeResults({BASE: HOLDS})).judged("broken", claim())
    del evidence.claim["", "broken"]
