"""The documentation's site, served from this machine: what a reader sees works, and no other host is asked for anything."""

import json
import re
import shutil
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import expect

ROOT = Path(__file__).parents[2]
HOSTILE = "<script>window.hostile = 1</script>"
LEADING_OUT = "\n[the home page](../README.md#run-it), [a rule](../workflow/rules/train.smk)\n"
PAGES = ("index", "gallery", "reference", "schema", "tutorial")
VIEWS = {
    "1440-light": (1440, "light"),
    "390-dark": (390, "dark"),
    "1440-dark": (1440, "dark"),
    "390-light": (390, "light"),
}
CLAIMS = "results/article/claims.json"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def written(project):
    """The site of a project, as `make docs` writes it."""
    shutil.copytree(ROOT / "docs", project.folder / "docs", ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("README.md", "mkdocs.yml"):
        shutil.copy(ROOT / file, project.folder / file)
    with (project.folder / "docs/tutorial.md").open("a", encoding="utf-8") as page:
        page.write(LEADING_OUT)
    result = project.run("env", "NO_MKDOCS_2_WARNING=1", "mkdocs", "build", "--quiet")
    assert result.returncode == 0, result.stderr
    return project.folder / "site"


@pytest.fixture(scope="module")
def site(built_copy):
    """The site of a built project in which a caption and a claim hold what a browser might obey."""
    with (built_copy.folder / "report/figures/article-bias/caption.md").open("a", encoding="utf-8") as caption:
        caption.write(f"{HOSTILE} ![a picture](https://example.org/picture.png)")
    claims = json.loads((built_copy.folder / CLAIMS).read_bytes())
    claims["claims"][0]["statement"] = HOSTILE
    (built_copy.folder / CLAIMS).write_text(json.dumps(claims), encoding="utf-8")
    return written(built_copy)


@pytest.fixture(scope="module")
def served(site):
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=site)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module", params=VIEWS)
def window(request, browser):
    width, scheme = VIEWS[request.param]
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    yield context
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_no_other_host_fits_and_satisfies_axe(window, served, axe, name):
    page, asked, complaints = window.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{served}/{name}.html", wait_until="networkidle")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("window.hostile") is None
    page.evaluate(axe)
    found = page.evaluate("axe.run().then((result) => result.violations)")
    assert [(rule["id"], [node["html"][:200] for node in rule["nodes"]][:3]) for rule in found] == []
    assert complaints == []
    assert len(asked) > 1
    assert [url for url in asked if not url.startswith((served, "data:", "blob:"))] == []
    page.close()


@pytest.fixture(scope="module")
def page(browser, served):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def test_the_gallery_shows_every_figure_with_the_verdicts_on_its_claims(page, served, built_copy):
    page.goto(f"{served}/gallery.html")
    page.evaluate("document.querySelectorAll('img').forEach((image) => { image.loading = 'eager'; })")
    page.evaluate("Promise.all([...document.images].map((image) => image.decode()))")
    drawn = {path.parent.name for path in (built_copy.folder / "report/figures").glob("*/figure.svg")}
    assert set(page.evaluate("[...document.querySelectorAll('figure')].map((figure) => figure.id)")) == drawn
    assert page.evaluate("document.images.length") == len(drawn)
    for claim in json.loads((built_copy.folder / CLAIMS).read_bytes())["claims"]:
        for figure in drawn & {claim["figure"], f"article-claim-{claim['claim']}", "article-verdict-board"}:
            link = page.locator(f"#{figure} a", has_text=re.compile(f"{claim['claim']}: {claim['verdict']}$"))
            row = page.locator(link.get_attribute("href"))
            assert row.locator("td").nth(1).text_content() == claim["statement"]
            assert figure == "article-verdict-board" or row.locator(f"a[href='#{figure}']").count() == 1
    assert HOSTILE in page.locator("#article-bias figcaption").text_content()


def test_a_project_without_a_run_says_how_to_get_one(project):
    gallery = (written(project) / "gallery.html").read_text(encoding="utf-8")
    assert "No run lies here yet: <code>snakemake --cores 4</code> makes one" in gallery
    assert "<figure" not in gallery


def test_every_link_within_the_site_resolves(site):
    pages = {path: path.read_text(encoding="utf-8") for path in site.glob("*.html") if path.name != "404.html"}
    anchors = {path: set(re.findall(r'\bid="([^"]+)"', text)) for path, text in pages.items()}
    broken = []
    for path, text in pages.items():
        for link in re.findall(r'\bhref="([^"]*)"', text):
            file, _, anchor = link.partition("#")
            target = site / file if file else path
            if re.match(r"https?:|data:", link) or (target in anchors and (not anchor or anchor in anchors[target])):
                continue
            if target not in anchors and target.exists():
                continue
            broken.append((path.name, link))
    assert broken == []


def test_links_out_of_the_documentation_lead_within_the_site_or_are_text(page, served):
    page.goto(f"{served}/tutorial.html")
    assert page.get_by_role("link", name="the home page").get_attribute("href") == "index.html#run-it"
    assert page.locator("p", has_text="the home page, a rule").locator("a").count() == 1


def test_formulas_are_mathml(page, served):
    page.goto(f"{served}/index.html")
    assert page.locator("article math").count() == page.locator("article math annotation").count() > 0
    assert "$" not in page.locator("article p").filter(has=page.locator("math")).first.inner_text()


def test_the_reference_has_the_public_interface_and_every_key_of_the_files(page, served):
    from superposition.judge.record import Judgement
    from superposition.spec.configuration import Configuration
    from superposition.spec.experiment import Experiment

    page.goto(f"{served}/reference.html")
    for name in ("Run", "ToyModels", "open_run", "play.training.train", "plots.gram", "train.models.ReLU"):
        expect(page.locator(f"[id='superposition.{name}']")).to_be_visible()
    page.goto(f"{served}/schema.html")
    for which, model in (("experiment", Experiment), ("config", Configuration), ("claims", Judgement)):
        table = page.locator(f"#{which} ~ .md-typeset__scrollwrap table").first
        keys = table.locator("tbody td:first-child").all_inner_texts()
        assert keys == [field.alias or name for name, field in model.model_fields.items()]


def test_the_search_finds_a_key_of_the_experiments_file(page, served):
    page.goto(f"{served}/index.html")
    box = page.get_by_role("textbox", name="Search")
    box.click()
    box.press_sequentially("relative_density")
    expect(page.locator(".md-search-result__link[href*='schema.html']").first).to_be_visible(timeout=30_000)
