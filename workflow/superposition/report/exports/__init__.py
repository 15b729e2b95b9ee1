"""Documents in the forms that others work with: LaTeX, Word, and a crate that can be deposited.

What enters: a document that is built, whole and of the current configuration. What leaves: a folder of its own, for
people and repositories; nothing in the project reads it.
"""
