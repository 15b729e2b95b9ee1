"""The verdicts on an experiment's claims as a table for the terminal."""

from .signs import SIGNS


def verdict_table(judgement: dict) -> str:
    """A line per claim, and one below it per part: verdict, effect with interval, share of the readings.

    Args:
        judgement: claims.json (record.Judgement).
    """
    lines = [f"{judgement['experiment']}: {len(judgement['claims'])} claims, {judgement['seeds']} seeds"]
    width = max((len(claim["claim"]) for claim in judgement["claims"]), default=0)
    for claim in judgement["claims"]:
        held = sum(reading["verdict"] == "reproduced" for reading in claim["readings"])
        star = "" if claim["converged"] else " *"
        word = f"{SIGNS[claim['verdict']].glyph} {claim['verdict']}{star}"
        lines.append(f"{claim['claim']:{width}}  {word:18}  {held:2} of {len(claim['readings'])} readings")
        for part in claim["readings"][0]["parts"]:
            bounds = f"{part['mean']:9.4f}  ({part['low']:.4f} to {part['high']:.4f})"
            needed = f"{claim['direction']} {claim['threshold']:g}"
            lines.append(f"{'':{width}}    {part['part']:12} {bounds:32} {needed:12} {SIGNS[part['verdict']].glyph}")
    if not all(claim["converged"] for claim in judgement["claims"]):
        lines.append("* rests on cells that have not converged")
    return "\n".join(lines)
