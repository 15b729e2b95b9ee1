"""Figures of the phase change: theory beside what was trained."""
