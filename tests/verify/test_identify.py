"""What identify says of a figure's file: it looks at the picture, and not only at what the file says of itself."""

import json
import os
import re
import shutil

import pytest
from PIL import Image, ImageDraw, PngImagePlugin
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Rectangle
from pypdf.generic import DecodedStreamObject, NameObject
from superposition.draw.identity import _seal

BUNDLE = "report/figures/article-bias"
SAME, ALTERED = "same picture, other bytes: ", "altered after it was drawn: "


def png(change, keep=True):
    """A maker of a PNG that was opened, changed and saved again, with its metadata or without."""

    def make(bundle, path):
        with Image.open(bundle / "figure.png") as image:
            text = PngImagePlugin.PngInfo()
            for key, value in image.text.items():
                text.add_text(key, value)
            changed = change(image.copy())
        changed.save(path, pnginfo=text if keep else None)

    return make


def painted(image):
    ImageDraw.Draw(image).rectangle((100, 100, 300, 300), fill="red")
    return image


def one_pixel(image):
    red, *others = image.getpixel((5, 5))
    image.putpixel((5, 5), (red ^ 1, *others))
    return image


def svg(pattern, new):
    """A maker of an SVG in which something was replaced."""

    def make(bundle, path):
        text, count = re.subn(pattern, new, (bundle / "figure.svg").read_text(encoding="utf-8"), flags=re.DOTALL)
        assert count
        path.write_text(text, encoding="utf-8")

    return make


def pdf(change=lambda writer: None, keep=True):
    """A maker of a PDF that was opened, changed and saved again, with its metadata or without."""

    def make(bundle, path):
        reader = PdfReader(bundle / "figure.pdf")
        writer = PdfWriter()
        writer.add_page(reader.pages[0])
        if keep:
            writer.add_metadata(reader.metadata)
        change(writer)
        writer.write(path)

    return make


def packed(writer):
    for page in writer.pages:
        page.compress_content_streams()
    writer.compress_identical_objects()


def overdrawn(writer):
    page, content = writer.pages[0], DecodedStreamObject()
    content.set_data(page.get_contents().get_data() + b" 1 0 0 rg 10 10 100 100 re f")
    page[NameObject("/Contents")] = writer._add_object(content)


def annotated(writer):
    writer.add_annotation(0, Rectangle(rect=(10, 10, 100, 100), interior_color="ff0000"))


# What was done to a figure's file: (the maker, what identify begins its second line with, the exit status).
COPIES = {
    "copied.png": (lambda bundle, path: shutil.copy(bundle / "figure.png", path), "this very file: ", 0),
    "copied.svg": (lambda bundle, path: shutil.copy(bundle / "figure.svg", path), "this very file: ", 0),
    "copied.pdf": (lambda bundle, path: shutil.copy(bundle / "figure.pdf", path), "this very file: ", 0),
    "saved-again.png": (png(lambda image: image), SAME, 0),
    "painted.png": (png(painted), ALTERED, 4),
    "one-pixel.png": (png(one_pixel), ALTERED, 4),
    "scaled.png": (png(lambda image: image.resize((image.width // 2, image.height // 2))), ALTERED, 4),
    "commented.svg": (svg("</svg>", "<!-- mine --></svg>"), SAME, 0),
    "covered.svg": (svg("</svg>", '<rect fill="red" width="100" height="100"/></svg>'), ALTERED, 4),
    "styled.svg": (svg("<svg ", '<?xml-stylesheet href="mine.css"?><svg '), ALTERED, 4),
    "saved-again.pdf": (pdf(), SAME, 0),
    "packed.pdf": (pdf(packed), SAME, 0),
    "overdrawn.pdf": (pdf(overdrawn), ALTERED, 4),
    "annotated.pdf": (pdf(annotated), ALTERED, 4),
}
WITHOUT_METADATA = {
    "stripped.png": png(lambda image: image, keep=False),
    "stripped.svg": svg("<metadata>.*?</metadata>", ""),
    "stripped.pdf": pdf(keep=False),
}
STRANGERS = {
    "screenshot.png": png(lambda image: image.resize((image.width // 2, image.height // 2)), keep=False),
    "painted.png": png(painted, keep=False),
    "photograph.jpg": lambda bundle, path: Image.new("RGB", (9, 9)).save(path),
    "text.txt": lambda bundle, path: path.write_text("hello"),
}


@pytest.mark.parametrize("name", COPIES)
def test_a_file_is_held_against_what_the_run_drew(built, tmp_path, name):
    make, words, status = COPIES[name]
    path = tmp_path / name
    make(built.folder / BUNDLE, path)
    result = built.call("identify", str(path))
    assert result.returncode == status, result.stderr
    first, second, *_, last = result.stdout.splitlines()
    assert first.startswith(f"{path}: figure article-bias, content ")
    assert second.startswith(words)
    assert f"{BUNDLE}/figure.{path.suffix[1:]}" in second
    named = "the figure that the metadata name" if status else "the same figure"
    assert last == f"this checkout would draw {named}"


@pytest.mark.parametrize("name", WITHOUT_METADATA)
def test_a_picture_without_metadata_is_found_among_those_of_the_run(built, tmp_path, name):
    path = tmp_path / name
    WITHOUT_METADATA[name](built.folder / BUNDLE, path)
    result = built.call("identify", str(path))
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == [
        f"{path}: its metadata hold no record of a figure",
        f"{SAME}it shows what {BUNDLE}/figure{path.suffix} of the run here shows",
    ]


@pytest.mark.parametrize("name", STRANGERS)
def test_a_picture_that_says_nothing_and_shows_no_figure_is_a_stranger(built, tmp_path, name):
    path = tmp_path / name
    STRANGERS[name](built.folder / BUNDLE, path)
    result = built.call("identify", str(path))
    figures = len(list((built.folder / "report/figures").iterdir()))
    assert result.returncode == 1
    assert result.stderr == (
        f"error: {path}: no figure of this pipeline: its metadata hold no record of one, and it shows none of the "
        f"{figures} figures here as they were drawn; of a screenshot or a scaled copy nothing can be said\n"
    )


def test_a_picture_that_is_altered_in_its_own_folder_is_called_altered(spoilable):
    path = spoilable.folder / BUNDLE / "figure.png"
    png(painted)(path.parent, path)
    result = spoilable.call("identify", str(path))
    assert result.returncode == 4
    assert result.stdout.splitlines()[1] == (
        f"{ALTERED}not the bytes that the run here wrote, and neither is {BUNDLE}/figure.png any more"
    )


def test_where_the_run_is_not_here_only_the_metadata_are_vouched_for(built, project, tmp_path):
    path = tmp_path / "figure.png"
    png(painted)(built.folder / BUNDLE, path)
    result = project.call("identify", str(path))
    assert result.returncode == 3
    assert "only the metadata were read, which prove nothing of the picture: its run is not here" in result.stdout
    assert "this very file" not in result.stdout


@pytest.mark.parametrize(
    ("make", "what"),
    [(os.mkfifo, "named pipe"), (os.mkdir, "folder"), (lambda path: os.symlink("/dev/zero", path), "device")],
)
def test_what_is_no_file_gets_one_line(built, tmp_path, make, what):
    path = tmp_path / "thing.png"
    make(path)
    result = built.call("identify", str(path))
    assert (result.returncode, result.stderr) == (1, f"error: {path}: no file, but a {what}\n")


@pytest.mark.parametrize(
    "change",
    [
        {"settings": {}},
        {"settings": None},
        {"settings": {key: 3 for key in ("experiment", "sparsities", "models", "seeds", "engines", "training")}},
        {"figure": "../../../etc"},
        {"figure": ["article-bias"]},
        {"content": "\x1b[2J"},
        {"code": None},
    ],
    ids=str,
)
def test_a_record_that_somebody_else_sealed_is_refused_in_one_line(built, tmp_path, change):
    """The seal is no secret."""
    path = tmp_path / "figure.png"
    with Image.open(built.folder / BUNDLE / "figure.png") as image:
        record = json.loads(image.text["Description"]) | change
        record.pop("seal")
        text = PngImagePlugin.PngInfo()
        text.add_text("Description", json.dumps({**record, "seal": _seal(record)}))
        image.save(path, pnginfo=text)
    result = built.call("identify", str(path))
    assert result.returncode == 1
    assert result.stderr == f"error: {path}: damaged: its metadata are not as they were written\n"
