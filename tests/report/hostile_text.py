"""Texts that look like markup of some kind, and a picture to put beside them."""

HOSTILE = (
    "<script>alert(1)</script>", "a | b | c", "$x^2$ costs $5", "`code` ``two``", "# no heading", "*stars* _under_ ~sub~",
    "@nobody2020 [-@nothing]", '#import "x.typ" #panic("typst ran")', "[link](http://example.org){.class}", "<label>",
    "\\textbf{x} \\ end", "![picture](missing.png)", "= heading / term: * item", "- item", "+ item", "/ term: x", "12. item", "x.y(z)", "'single' \"double\" -- --- ... ~", "//no comment",
    "</figure><!-- -->", "{{ 7 * 7 }}", "^[note]", "::: div", "https://example.org/#a", "&lt; &amp;",
)  # fmt: skip
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9" style="fill: red"/></svg>'
)
