"""The verdicts on an experiment's claims as a table for the terminal."""

from .signs import SIGNS


def verdict_table(judgement: dict) -> str:
    """A line per claim, and one below it per part: verdict, effect with interval, readings; checks come last.

    Args:
        judgement: claims.json (record.Judgement).
    """
    checks = [claim for claim in judgement["claims"] if claim["kind"] == "check"]
    evidence = [claim for claim in judgement["claims"] if claim["kind"] != "check"]
    width = max((len(claim["claim"]) for claim in judgement["claims"]), default=0)
    lines = [f"{judgement['experiment']}: {len(evidence)} claims, {judgement['seeds']} seeds"]
    lines += [line for claim in evidence for line in _claim(claim, width)]
    if checks:
        lines.append(f"{judgement['experiment']}: checks ({len(checks)}), which follow by construction")
        lines += [line for claim in checks for line in _claim(claim, width)]
    if not all(claim["converged"] for claim in judgement["claims"]):
        lines.append("* rests on cells that have not converged")
    if not all(claim["discriminates"] in (True, None) for claim in judgement["claims"]):
        lines.append("! does not discriminate: untrained or permuted weights reproduce the claim")
    return "\n".join(lines)


def _claim(claim: dict, width: int) -> list[str]:
    marks = ("" if claim["converged"] else " *") + (" !" if claim["discriminates"] is False else "")
    word = f"{SIGNS[claim['verdict']].glyph} {claim['verdict']}{marks}"
    holds = f"{claim['quantifier']}: {claim['holds']} of {claim['of']}"
    standing = f"  {claim['standing']}" if claim["standing"] else ""
    readings = f"{claim['reproduced']} of {claim['counted']} readings"
    lines = [f"{claim['claim']:{width}}  {word:24}  {holds:16} {readings}{standing}"]
    for part in claim["readings"][0]["parts"]:
        bounds = "nothing to measure"
        if part["mean"] is not None:
            low, high = ("?" if end is None else f"{end:.4f}" for end in (part["low"], part["high"]))
            bounds = f"{part['mean']:9.4f}  ({low} to {high})"
        needed = f"{claim['direction']} {claim['threshold']:g}"
        lines.append(f"{'':{width}}    {part['part']:12} {bounds:32} {needed:12} {SIGNS[part['verdict']].glyph}")
    return lines
