"""The document: text, page and PDF.

What enters: the experiments' texts, figures, metrics and verdicts. What leaves: report/<document>.md, .html and .pdf.
`stage.py` is what the rule `report` runs; `templates/` are its templates. It imports `draw` and what lies below.
"""
