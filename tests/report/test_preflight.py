"""What would stop a document at its end is found before anything is computed, and told in one line."""

import numpy as np
import pytest
from superposition.pipeline.plan import load_plan
from superposition.report.expected import Expected
from superposition.report.outcomes import Outcomes
from superposition.report.preflight import check
from superposition.report.vocabulary import Section
from superposition.store.errors import UserError

ARTICLE = "workflow/experiments/article"
TEXT = f"{ARTICLE}/text.md"
SAYS = 'says("both-conditions", reproduced="a", refuted="{}", otherwise="c")'

# (what stands at the end of the text, what the error says)
MISTAKES = {
    "an unknown figure": ('{{ figure("nope") }}', "unknown figure 'nope'; allowed: sample, loss-curves"),
    "an unknown name": ("{{ nope }}", "unknown name 'nope'; allowed: experiment, features"),
    "an unknown name under a condition that does not hold": ("{% if false %}{{ nope }}{% endif %}", "unknown name 'nope'"),
    "an unknown claim under such a condition": (f'{{% if false %}}{{{{ {SAYS.format("b").replace("both", "no")} }}}}{{% endif %}}', "unknown claim 'no-conditions'"),
    "an unknown model": ('{{ median("rnn", "0.9", "test_loss") }}', "unknown model 'rnn'; allowed: linear, relu"),
    "an unknown sparsity": ('{{ median("relu", "0.7", "test_loss") }}', "unknown sparsity '0.7'; allowed: 0.1, 0.5, 0.9"),
    "an unknown column": ('{{ low("relu", "0.9", "loss") }}', "unknown column 'loss'; allowed: experiment, model"),
    "an unknown reading": ('{{ verdict("both-conditions", reading="x") }}', "unknown reading of claim both-conditions 'x'"),
    "an unknown attribute": ("{{ models.rnn.label }}", "no attribute 'rnn'"),
    "an unknown filter": ("{{ 3 | wrong }}", "No filter named 'wrong'"),
    "a call without its arguments": ('{{ median("relu") }}', "median() missing 2 required positional arguments: 'sparsity' and 'column'"),
    "text and a number": ('{{ "a" + 1 }}', "can only concatenate str"),
    "a block that does not end": ("{% if features", "unexpected end of template"),
    "a reference to nothing": ('{{ ref("sampel") }}', "ref('sampel'): no such figure or table in the text; allowed: bias"),
    "a citation of nothing": ("[see @nobody2020, p. 3]", "no reference 'nobody2020'; add it to workflow/experiments/article/references.bib, or take one of elhage2022toy"),
    "a picture": ("![a cat](http://example.org/cat.png)", "found '![a cat]'; allowed: Markdown, in which HTML is shown"),
    "a picture in a sentence that depends": (f'{{{{ {SAYS.format("![](x.png)")} }}}}', "found '![]'"),
    "a block of HTML": ("```{=html}\n<b>x</b>\n```", "found '`{=html}'"),
    "a word in HTML": ("`<b>`{=html}", "found '`{=html}'"),
    "a link that runs": ("[x](JavaScript:alert)", "found '](JavaScript:alert'"),
    "a link of data": ("[x][y]\n\n[y]: data:text/html,x", "found '[y]: data:text/html,x'"),
}  # fmt: skip
FINE = (
    "[x](https://example.org) <mailto:a@example.org> [y](#article-loss)",
    "a@example.org \\@nobody `@nobody` $x_@$ [@elhage2022toy; -@xiang2024superposition]",
    "<script>alert(1)</script> 1 < 2 \\![no picture] <https://example.org>",
    "{{ 1 / (median('relu', '0.9', 'test_loss') - median('relu', '0.5', 'test_loss')) }}",
    "{% set mine = 3 %}{% for s in sparsities %}{{ s }}{{ mine }}{{ loop.last }}{% endfor %}",
    "{% macro twice(x) %}{{ x }}{{ x }}{% endmacro %}{{ twice(ref('losses')) }}",
)


def added(project, text):
    with (project.folder / TEXT).open("a") as file:
        file.write(f"\n{text}\n")


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_with_the_text_s_file_and_line(here, mistake):
    text, expected = MISTAKES[mistake]
    last = len((here.folder / TEXT).read_text().splitlines())
    added(here, text)
    with pytest.raises(UserError) as caught:
        check(load_plan())
    message = str(caught.value)
    place, _, said = message.partition(": ")
    file, _, line = place.partition(":")
    assert file == TEXT
    assert not line or last < int(line) <= last + 4
    assert expected in said, message
    assert "\n" not in message


def test_what_is_well_is_taken(here):
    for text in FINE:
        added(here, text)
    check(load_plan())


def test_a_claim_s_figure_is_shown(here):
    here.edit(TEXT, '{{ figure("sample") }}', "")
    expected = rf"^{TEXT}: does not show 'sample', the figure of claim 'dataset-sparsity'; add "
    with pytest.raises(UserError, match=expected + r'\{\{ figure\("sample"\) \}\}$'):
        check(load_plan())


def test_a_figure_is_shown_once(here):
    added(here, '{{ figure("sample") }}')
    with pytest.raises(UserError, match=f"^{TEXT}: 'sample' names two figures or tables; allowed: one$"):
        check(load_plan())


def test_a_text_is_there(here):
    (here.folder / TEXT).unlink()
    with pytest.raises(UserError, match=f"^{ARTICLE}: no text.md; allowed: "):
        check(load_plan())


@pytest.mark.parametrize(
    ("caption", "expected"),
    [("![](missing.png)", "a caption: found '![]'; allowed: Markdown"), ("[@nobody2020]", "no reference 'nobody2020'")],
)
def test_what_is_spelled_out_of_a_caption_is_checked(here, caption, expected):
    file = here.folder / ARTICLE / "figures.py"
    file.write_text(file.read_text() + f'\n\ndef other(n):\n    return Drawing(n, n, f"{{n}} {caption}", alt="x")\n')
    with pytest.raises(UserError) as caught:
        check(load_plan())
    line = len(file.read_text().splitlines())
    assert str(caught.value).startswith(f"{ARTICLE}/figures.py:{line}: {expected}")


def test_stand_ins_have_the_names_of_what_they_stand_for(here):
    plan = load_plan()
    described, spec = plan.described("article"), plan.experiments["article"]
    stand_ins = Expected("article", described, spec, ["sample"]).names()

    class Results:
        experiment, features, sparsities, sweep, seeds = "article", 40, [], {}, []
        importance = np.ones(2)

    Results.described = described
    assert list(stand_ins) == list(Section(Results, Outcomes(None), [], ()).names())


def test_check_and_the_first_run_refuse_alike(here):
    added(here, "{{ nope }}")
    checked = here.call("check")
    assert checked.returncode == 1
    line = checked.stderr.strip()
    assert line.startswith(f"error: {TEXT}:")
    run = here.snakemake("--dry-run")
    assert run.returncode == 1
    assert line in run.stdout + run.stderr
    assert not (here.folder / "logs").exists()
