"""The page at three widths, light and dark: what a reader sees, clicks and types works, and nothing leaves the file."""

import re

from playwright.sync_api import expect


def test_every_image_is_loaded(view):
    view.page.evaluate("document.querySelectorAll('img').forEach((image) => { image.loading = 'eager'; })")
    view.page.evaluate("Promise.all([...document.images].map((image) => image.decode()))")
    assert view.page.evaluate("document.images.length") > 0
    assert view.page.evaluate("[...document.images].filter((image) => !image.naturalWidth).map((i) => i.alt)") == []


def test_every_link_resolves(view):
    links = view.page.evaluate("[...document.links].map((link) => link.getAttribute('href'))")
    inside = {link for link in links if link.startswith("#")}
    files = {link for link in links if not re.match(r"#|https?:", link)}
    assert len(inside) > 20
    assert len(files) > 20
    missing = "(links) => links.filter((link) => !document.getElementById(decodeURIComponent(link.slice(1))))"
    assert view.page.evaluate(missing, sorted(inside)) == []
    assert [link for link in files if not (view.path.parent / link).is_file()] == []


def test_the_text_names_figures_by_the_numbers_of_their_captions(view):
    read = """() => [...document.querySelectorAll('main a[href^="#fig-"]:not(.picture), main a[href^="#tbl-"]')].map((link) => {
        const target = document.getElementById(link.getAttribute('href').slice(1));
        return [link.textContent, (target.querySelector('figcaption') ?? target).textContent];
    })"""
    pairs = view.page.evaluate(read)
    assert pairs
    assert [pair for pair in pairs if not pair[1].startswith(f"{pair[0]}.")] == []


def test_nothing_overflows(view):
    view.explorer()
    wide = """() => [...document.querySelectorAll('body *')].filter((element) => {
        const scrolls = element.closest('table, pre, .plot, math, [hidden]');
        return !scrolls && element.getBoundingClientRect().right > innerWidth + 1;
    }).map((element) => element.outerHTML.slice(0, 120))"""
    assert view.page.evaluate(wide) == []
    assert view.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_explorer_reacts_to_the_choice_the_mouse_and_the_keyboard(view):
    plot, readout = view.explorer(), view.page.locator(".readout").first
    shown = readout.text_content()
    assert shown.startswith("Features 1 and 1: ")
    for choice in ("model", "sparsity", "seed"):
        before = readout.text_content()
        drawn = plot.get_attribute("data-drawn")
        options = view.page.locator(f".explorer [data-choice={choice}]").first
        other = "0" if options.input_value() != "0" else "1"
        options.select_option(other)
        expect(plot).not_to_have_attribute("data-drawn", drawn)
        expect(readout).not_to_have_text(before)
    plot.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        view.page.keyboard.press(key)
    assert readout.text_content().startswith("Features 2 and 3: ")
    view.page.keyboard.press("Home")
    assert readout.text_content().startswith("Features 2 and 1: ")
    matrix = view.page.locator(".explorer .plot .heatmaplayer image").first
    matrix.scroll_into_view_if_needed()
    box = matrix.bounding_box()
    for column in (20, 24):  # from 0
        view.page.mouse.move(box["x"] + box["width"] * (column + 0.5) / 40, box["y"] + box["height"] * 15.5 / 40)
        expect(readout).to_have_text(re.compile(f"Features 16 and {column + 1}: "))
    expect(view.page.locator(".explorer .plot .hovertext").first).to_contain_text("of features 16 and 25: ")
    view.page.mouse.move(0, 0)


def test_the_explorer_shows_the_trained_weights(view, built):
    from safetensors.numpy import load_file

    view.explorer()
    for choice, value in (("model", "1"), ("sparsity", "2"), ("seed", "1")):
        view.page.locator(f".explorer [data-choice={choice}]").first.select_option(value)
    expect(view.page.locator(".plot").first).to_have_attribute("data-drawn", "1 2 1")
    matrices = load_file(built.folder / "results/article/relu/S0.9/matrices.safetensors")
    read = "document.querySelector('.plot').data.map((trace) => [...(trace.z ?? trace.y)].flatMap((row) => row.length ? [...row] : row))"
    gram, bias, norm = view.page.evaluate(read)
    for drawn, name in ((gram, "gram"), (bias, "bias"), (norm, "norm")):
        expected = matrices[name][1].ravel()
        assert max(abs(expected - drawn)) < 1e-6


def test_copy_buttons_fill_the_clipboard(view):
    copied = "navigator.clipboard.readText()"
    button = view.page.locator("button[data-copy=link]").first
    button.click()
    expect(button).to_have_text("copied")
    assert view.page.evaluate(copied) == f"{view.url}#fig-article-verdict-board"
    bibtex = view.path.parent / "figures/article-verdict-board/cite.bib"
    if bibtex.is_file():
        button = view.page.locator("button[data-copy=bibtex]").first
        button.click()
        expect(button).to_have_text("copied")
        assert view.page.evaluate(copied) == bibtex.read_text()


def test_the_answer_stands_above_the_contents_and_its_board_on_the_first_screen(view):
    view.page.evaluate("scrollTo(0, 0)")
    answer, contents, board = (view.page.locator(it).first.bounding_box() for it in (".answer", "nav", "figure img"))
    assert answer["y"] + answer["height"] <= contents["y"]
    assert board["y"] < 700
    assert re.search(r"of \d+ claims, .*✘ \d+ not reproduced", view.page.locator(".answer").text_content())


def test_a_table_of_claims_is_sorted_and_filtered_by_keyboard(view):
    table = view.page.locator("table.claims").first
    verdict, part, reading = (
        view.page.locator(".filters").first.get_by_label(it) for it in ("Verdict", "Part", "Reading")
    )
    shown, total = table.locator("tbody tr:visible"), table.locator("tbody tr").count()
    before = shown.first.inner_text()
    verdict.focus()
    verdict.select_option("not reproduced")
    assert 0 < shown.count() < total
    assert all("✘ not reproduced" in text for text in shown.locator("td:nth-child(2)").all_inner_texts())
    expect(view.page.locator(".filters [role=status]").first).to_have_text(f"{shown.count()} of {total} claims")
    verdict.select_option("")
    reading.select_option(index=1)
    expect(view.page.locator(".filters [role=status]").first).to_contain_text("under the reading")
    reading.select_option("default")
    part.select_option(index=1)
    assert 0 < shown.count() <= total
    part.select_option("")
    assert shown.first.inner_text() == before
    if view.page.viewport_size["width"] > 640:  # on a narrow screen a claim is a card, and there are no headings
        heading = table.get_by_role("columnheader", name="Verdict")
        heading.get_by_role("button").focus()
        view.page.keyboard.press("Enter")
        expect(heading).to_have_attribute("aria-sort", "ascending")
        signs = [text[0] for text in shown.locator("td:nth-child(2)").all_inner_texts()]
        assert signs == sorted(signs, key="✔?✘–".index)
        view.page.keyboard.press("Enter")
        expect(heading).to_have_attribute("aria-sort", "descending")


def test_what_is_folded_opens_for_a_link_into_it(view):
    target = view.page.locator("details.more [id^='tbl-']").first
    assert not target.is_visible()
    view.page.evaluate("(id) => { location.hash = id; }", target.get_attribute("id"))
    expect(target).to_be_visible()


def test_a_first_reading_is_short_and_its_headings_open_the_rest(view):
    """Words that are shown, as the browser says what is: of all, a third at most; the tables of claims are most of them."""
    view.page.goto(view.url)
    words = """() => { let shown = 0, all = 0;
        const nodes = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
        while (nodes.nextNode()) {
            const count = nodes.currentNode.textContent.split(/\\s+/).filter(Boolean).length;
            all += count;
            if (nodes.currentNode.parentElement.checkVisibility()) shown += count;
        }
        return [shown, all];
    }"""
    shown, whole = view.page.evaluate(words)
    assert shown < whole / 3
    section, text = view.page.locator("#article-loss"), view.page.locator("details:has(> summary #article-loss) > p")
    assert section.is_visible()
    assert not text.first.is_visible()
    section.click()
    assert text.first.is_visible()
    section.click()
    unfold = view.page.get_by_role("button", name="Unfold all sections")
    unfold.click()
    expect(unfold).to_have_attribute("aria-pressed", "true")
    assert text.first.is_visible()
    unfold.click()
    assert not text.first.is_visible()
    quote = view.page.locator("td .quote").first
    assert not quote.locator(".quoted").is_visible()
    quote.locator("summary").click()
    assert "as reprinted" in quote.locator(".quoted").inner_text()


def test_axe_finds_no_violation(view, axe):
    view.explorer()
    view.page.evaluate("document.querySelectorAll('details').forEach((list) => { list.open = true; })")
    view.page.evaluate(axe)
    found = view.page.evaluate("axe.run().then((result) => result.violations)")
    assert [(rule["id"], [node["html"][:200] for node in rule["nodes"]][:3]) for rule in found] == []


def test_nothing_is_asked_of_the_network_and_nothing_complained_of(view):
    """Last: everything before it happened in the same window."""
    view.explorer()
    assert view.complaints == []
    outside = [url for url in view.requests if not url.startswith(("data:", "blob:")) and url.split("#")[0] != view.url]
    assert outside == []


def test_without_javascript_the_page_says_what_is_missing(opened):
    page = opened(java_script_enabled=False).page
    assert page.get_by_text("With JavaScript this section draws").is_visible()
    assert not page.locator(".explorer").first.is_visible()
    assert not page.locator("button[data-copy]").first.is_visible()
    assert page.locator("figure img").first.is_visible()
    assert page.locator(".filters").count() == 0
    assert not page.locator("a.picture").first.is_visible()
    section = page.locator("details:has(> summary #article-claims)")
    claim = section.locator("details.section:has(details.more)").first
    for folded in (section, claim, claim.locator("details.more").first):
        folded.locator("> summary").click()
    assert page.locator("details.more table").first.is_visible()
