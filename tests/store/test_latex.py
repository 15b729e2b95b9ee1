"""Signs of Unicode as commands of LaTeX."""

import pytest
from superposition.store.latex import accented, command, foreign, spelled


@pytest.mark.parametrize(
    ("sign", "expected"),
    [
        ("−", r"\ensuremath{-}"),
        ("ᵀ", r"\textsuperscript{T}"),
        ("⁴", r"\textsuperscript{4}"),
        ("⅔", r"\textsuperscript{2}/\textsubscript{3}"),
        ("λ", r"\ensuremath{\lambda}"),
        ("Λ", r"\ensuremath{\Lambda}"),
        ("Σ", r"\ensuremath{\Sigma}"),
        ("✘", r"\ding{56}"),
        ("字", None),
        ("Α", None),  # a Greek capital that LaTeX has no command for
    ],
)
def test_a_sign_has_its_command(sign, expected):
    assert command(sign) == expected


def test_what_every_latex_sets_stays():
    assert foreign("Größe “a” – Ŵ × ½ naïve…") == []
    assert foreign("a − b → c − 字") == ["→", "−", "字"]


def test_accents_become_commands_where_no_letter_has_them():
    assert accented("x\u0302 and W\u0302") == r"\^{x} and Ŵ"


def test_a_sign_without_a_command_is_its_code_point():
    assert spelled("1 − 字") == r"1 \ensuremath{-} U+5B57"
