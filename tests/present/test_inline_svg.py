from __future__ import annotations

import re
from io import BytesIO

import pytest
from lxml import etree

from qualcode.present.inline_svg import inline_svgs

HEAD = (
    b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9pt" viewBox="0 0 9 9">'
)


def svg(body: str) -> bytes:
    return HEAD + body.encode() + b"</svg>"


def test_ids_and_what_refers_to_them_are_told_apart_by_figure() -> None:
    one = svg('<defs><clipPath id="p"><rect/></clipPath></defs><g id="idle"><path d="M0 0" clip-path="url(#p)"/></g>')
    made = inline_svgs({"a": (one, "A"), "b": (one, "B")})
    for name, markup in made.markup.items():
        assert f'<clipPath id="{name}-p">' in markup
        assert f'clip-path="url(#{name}-p)"' in markup
        assert "idle" not in markup


def test_a_shape_of_several_figures_stands_once() -> None:
    one = svg('<defs><path id="A" d="M 0 1.23456"/><path id="B" d="M 1 1"/></defs><use xlink:href="#A"/>')
    two = svg('<defs><path id="Z" d="M 0 1.23999"/></defs><use xlink:href="#Z"/>')
    made = inline_svgs({"a": (one, "A"), "b": (two, "B")})
    assert made.shapes.count("<path") == 2
    assert '<path id="s0" d="M 0 1.23"/>' in made.shapes
    assert all('<use href="#s0"/>' in markup and "<defs" not in markup for markup in made.markup.values())


def test_every_style_becomes_a_class_of_the_page() -> None:
    body = '<path style="fill: red" d="M0 0"/><path style="fill: red" d="M1 1"/><path style="fill: blue" d="M2 2"/>'
    made = inline_svgs({"a": (svg(body), "A")})
    assert re.findall('class="(.*?)"', made.markup["a"]) == ["f0", "f0", "f1"]
    assert made.style.splitlines()[-2:] == [".f0{fill: red}", ".f1{fill: blue}"]
    assert "style" not in made.markup["a"]


def test_a_style_that_would_end_its_rule_is_dropped() -> None:
    made = inline_svgs({"a": (svg('<path style="fill: red} body{display:none" d="M0 0"/>'), "A")})
    assert "display" not in made.style + made.markup["a"]


def test_metadata_scripts_and_comments_are_dropped_and_pictures_kept() -> None:
    body = '<metadata>who</metadata><script>1</script><!-- note --><image xlink:href="data:image/png;base64,AA=="/>'
    (markup,) = inline_svgs({"a": (svg(body), "A")}).markup.values()
    assert 'href="data:image/png;base64,AA=="' in markup
    assert not re.search("who|script|note|xlink|width", markup)


@pytest.mark.parametrize("alt", ['5 < 6 & "so" on', "Κρήτη\u2028"])
def test_what_a_figure_shows_is_told_as_it_is(alt: str) -> None:
    (markup,) = inline_svgs({"a": (svg(""), alt)}).markup.values()
    element = etree.fromstring(markup)
    assert (element.get("role"), element.get("aria-label")) == ("img", alt)


def test_a_figure_of_matplotlib_keeps_all_it_draws() -> None:
    from matplotlib.figure import Figure

    figure = Figure()
    axis = figure.add_subplot()
    axis.plot([0, 1, 2], [2, 0, 1], marker="o", label="a <b>")
    axis.legend()
    file = BytesIO()
    figure.savefig(file, format="svg")
    before = etree.fromstring(file.getvalue())
    made = inline_svgs({"a": (file.getvalue(), "A line")})
    after = etree.fromstring(made.markup["a"])
    uses = "{http://www.w3.org/2000/svg}use"
    assert len([*after.iter(uses)]) == len([*before.iter(uses)]) > 10
    shapes = set(re.findall('id="(s[0-9]+)"', made.shapes))
    assert {use.get("href")[1:] for use in after.iter(uses)} == shapes
    assert " style=" not in made.markup["a"] + made.shapes
