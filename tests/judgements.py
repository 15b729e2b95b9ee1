"""Judgements made by hand, valid by the schema of claims.json, for what the document makes of them."""

from superposition.judge.record import Judgement

AXES = {
    "rows": {
        "question": "How many rows?", "default": "many", "why": "why not",
        "choices": {"many": {"says": "many"}, "few": {"says": "few"}},
    },
}  # fmt: skip


def part(name="0.9", mean=0.5, verdict="reproduced", **more):
    """A part with an effect, or where mean is None with nothing to measure."""
    seen = {"mean": mean, "low": mean - 0.1, "high": mean + 0.1} if mean is not None else {}
    none = {"mean": None, "low": None, "high": None}
    values = [mean, mean]
    return {"part": name, "values": values, **none, **seen, "verdict": verdict, "converged": True, **more}


def reading(name="default", verdict="reproduced", parts=None, **more):
    """A claim under a reading; rows.few is the one beside the default."""
    parts = parts or [part(verdict=verdict)]
    return {
        "reading": name,
        "choices": {"rows": "few" if name == "rows.few" else "many"},
        "same_as": None,
        "parts": parts,
        "verdict": verdict,
        "holds": sum(known["verdict"] == "reproduced" for known in parts),
        "of": sum(known["verdict"] != "not applicable" for known in parts),
        "converged": all(known["converged"] for known in parts),
        **more,
    }


def claim(name="spreads", verdict="reproduced", readings=None, **more):
    """A claim; its default reading is the first."""
    readings = readings or [reading(verdict=verdict)]
    first = readings[0]
    counted = [known for known in readings if known["same_as"] is None and known["verdict"] != "not applicable"]
    return {
        "claim": name, "quote": "as they say", "statement": f"What {name} states.", "kind": "evidence",
        "quantifier": "every", "effect": "share of something", "scale": "share", "direction": "above", "threshold": 0.5,
        "why": "half of it", "figure": "toy-losses", "reason": "who knows",
        **{key: first[key] for key in ("verdict", "holds", "of", "converged")},
        "layers": {}, "standing": None,
        "counted": len(counted), "reproduced": sum(known["verdict"] == "reproduced" for known in counted),
        "discriminates": None, "recovered": None, "influences": [], "controls": [], "readings": readings, **more,
    }  # fmt: skip


def judgement(*claims, **more):
    """claims.json, as it is read back."""
    document = {
        "experiment": "toy", "seeds": 2, "continued": None, "axes": AXES, "claims": claims, "amendments": [],
        "convergence": [cell()], **more,
    }  # fmt: skip
    return Judgement.model_validate(document, strict=False).model_dump(mode="json")


def cell(model="relu", variant="default", moved=None, converged=True):
    """A cell's convergence."""
    return {
        "model": model, "sparsity": "0.9", "variant": variant, "slope": 0.001, "excess": None, "moved": moved,
        "converged": converged,
    }  # fmt: skip
