"""What tables of claims are filtered by: the readings of a single choice, and each claim's verdict and parts there."""

import json

from judgements import AXES, claim, judgement, part, reading
from superposition.report.table_data import table_data

TWO = {"rows": AXES["rows"], "more": AXES["rows"]}


def under(name, rows, more, **options):
    return reading(name, **options) | {"choices": {"rows": rows, "more": more}}


def test_readings_of_one_choice_are_there_and_those_of_several_are_not():
    readings = [
        under("default", "many", "many"), under("rows.few", "few", "many", verdict="not reproduced"),
        under("rows.few more.few", "few", "few"),
    ]  # fmt: skip
    table = table_data([judgement(claim(readings=readings), axes=TWO)], lambda experiment, part: part)["tables"]
    (known,) = table.values()
    assert list(table) == ["tbl-toy-claims"]
    assert known["readings"] == ["default", "rows.few"]
    assert known["claims"]["toy-claim-spreads"]["readings"]["rows.few"]["verdict"] == "not reproduced"


def test_a_claim_has_its_distance_its_share_and_its_parts_by_name():
    parts = [part("0.1", 0.7), part("0.9", 0.3, "not reproduced"), part("0.5", None, "not applicable")]
    document = judgement(claim(readings=[reading(parts=parts)]), claim("theorem", kind="check"))
    data = table_data([document], lambda experiment, part: f"S = {part} of {experiment}")
    (known,) = data["tables"]["tbl-toy-claims"]["claims"].values()
    assert round(known["distance"], 6) == -2
    assert known["share"] == 1
    assert known["readings"]["default"]["parts"] == [
        ["S = 0.1 of toy", "reproduced", "0.70 (0.60 to 0.80)"],
        ["S = 0.9 of toy", "not reproduced", "0.30 (0.20 to 0.40)"],
        ["S = 0.5 of toy", "not applicable", "nothing to measure"],
    ]
    assert data["signs"]["reproduced"] == "✔"


def test_what_has_no_width_is_still_json():
    exact = part(mean=0.7, low=0.7, high=0.7)
    data = table_data([judgement(claim(readings=[reading(parts=[exact])]))], lambda experiment, part: part)
    assert json.loads(json.dumps(data, allow_nan=False)) == data
