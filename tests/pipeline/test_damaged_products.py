"""A product with a changed byte, cut short or exchanged for another is noticed and named by whoever reads it."""

from pathlib import Path

import pytest
from damage import DATA, PRODUCTS, flips, holding, refusals
from superposition.pipeline.plan import load_plan
from superposition.store.errors import UserError
from superposition.store.provenance import checked
from superposition.train.models import load

OTHER = "results/article/relu/S0.5"


@pytest.fixture
def plan(built, monkeypatch):
    """The built project's plan, its folder the working directory."""
    monkeypatch.chdir(built.folder)
    return load_plan()


def read_product(plan, kind):
    """What every stage does with a product before it reads it."""
    path = Path(PRODUCTS[kind])
    return checked(path, plan.product_stages("article", kind)[path].digest)


@pytest.mark.parametrize("sidecar", [False, True], ids=["content", "provenance"])
@pytest.mark.parametrize("kind", PRODUCTS)
def test_a_flipped_byte_anywhere_in_a_product_is_noticed(plan, kind, sidecar):
    path = PRODUCTS[kind] + (".json" if sidecar else "")
    read_product(plan, kind)
    for message in refusals(path, flips(Path(path).read_bytes(), kind), lambda: read_product(plan, kind)):
        assert message.startswith(f"{path}: ")
        assert message.endswith(f"; rebuild it: snakemake --cores 1 --force {PRODUCTS[kind]}")
        assert "\n" not in message


@pytest.mark.parametrize("kind", PRODUCTS)
def test_a_truncated_or_empty_product_is_noticed(plan, kind):
    content = Path(PRODUCTS[kind]).read_bytes()
    contents = [b"", content[:1], content[: len(content) // 2], content[:-1], content + b"\n"]
    assert len(refusals(PRODUCTS[kind], contents, lambda: read_product(plan, kind))) == len(contents)
    sidecar = Path(PRODUCTS[kind] + ".json").read_bytes()
    contents = [b"", sidecar[:-1], sidecar + b"\n", b"[]", b"{}", b"null", b"\xff\xfe", b"[" * 100_000]
    assert len(refusals(PRODUCTS[kind] + ".json", contents, lambda: read_product(plan, kind))) == len(contents)


def exchanged(first, second):
    return {first: Path(second).read_bytes(), second: Path(first).read_bytes()}


@pytest.mark.parametrize(
    ("kind", "other"),
    [
        ("weights", f"{OTHER}/weights.safetensors"),
        ("matrices", f"{OTHER}/matrices.safetensors"),
        ("data", "data/article/S0.5.safetensors"),
        ("matrices", PRODUCTS["metrics"]),
        ("claims", PRODUCTS["table"]),
    ],
)
def test_products_that_changed_places_are_noticed_with_and_without_their_provenance(plan, kind, other):
    contents = exchanged(PRODUCTS[kind], other)
    with holding(contents), pytest.raises(UserError, match="content differs from its provenance"):
        read_product(plan, kind)
    contents |= exchanged(f"{PRODUCTS[kind]}.json", f"{other}.json")
    with holding(contents), pytest.raises(UserError, match=r"made by other settings or code|its provenance is that of"):
        read_product(plan, kind)


def test_a_product_made_from_another_input_is_noticed(plan):
    """Data that another run made under the same settings, whole in themselves, are not what the weights were made of."""
    from superposition.store.provenance import write_provenance

    stage = plan.stage("data", "article", "0.9")
    changed = bytearray(Path(DATA).read_bytes())
    changed[-1] ^= 1
    with holding({DATA: changed, f"{DATA}.json": Path(f"{DATA}.json").read_bytes()}):
        write_provenance(Path(DATA), stage, [])
        assert checked(Path(DATA), stage.digest)
        with pytest.raises(UserError, match=rf"^{PRODUCTS['weights']}: made from another {DATA}; rebuild it: "):
            read_product(plan, "weights")


def test_weights_in_hand_are_refused_where_their_provenance_lies_beside_them(plan, tmp_path):
    content = Path(PRODUCTS["weights"]).read_bytes()
    copy = tmp_path / "weights.safetensors"
    copy.write_bytes(content)
    load(copy)
    for changed in list(flips(content, "load"))[:10]:
        with holding({PRODUCTS["weights"]: changed}), pytest.raises(UserError, match="content differs"):
            load(PRODUCTS["weights"])
