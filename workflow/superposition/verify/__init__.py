"""Is it the published run: manifests, fingerprints, comparison, and what a figure's file says of itself.

What enters: products and a manifest of reference/. What leaves: findings, each with a number and a tolerance. It
imports `draw` and what lies below.
"""
