"""What is true of every page: `InvariantClient` checks it on each HTML response that a test fetches."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from django.test import Client

from isthmus.apps.core.unnamed import PREFIX

SITE = " – Isthmus"
NOT_FIELDS = {"hidden", "submit", "button", "image", "reset"}
POINTERS = ("aria-describedby", "aria-labelledby", "aria-controls", "aria-owns", "aria-errormessage")
ADDRESSES = ("href", "src", "action", "formaction", "xlink:href")


class PageProblem(AssertionError):
    """A page breaks one or more of the rules; the text names each, with the element."""


@dataclass(frozen=True)
class Page:
    """A parsed page or fragment, with what the server said around it."""

    html: str
    headers: Mapping[str, str]
    whole: bool

    @cached_property
    def parser(self) -> html5lib.HTMLParser:
        """The parser, which keeps its errors."""
        return html5lib.HTMLParser(html5lib.treebuilders.getTreeBuilder("etree"), namespaceHTMLElements=False)

    @cached_property
    def root(self) -> Element:
        """The tree."""
        parse = self.parser.parse if self.whole else self.parser.parseFragment
        root: Element = parse(self.html)
        return root

    @cached_property
    def elements(self) -> list[Element]:
        """Every element, in order."""
        return [element for element in self.root.iter() if isinstance(element.tag, str)]

    @cached_property
    def parents(self) -> dict[Element, Element]:
        """The parent of each element."""
        return {child: parent for parent in self.root.iter() for child in parent}

    @cached_property
    def ids(self) -> set[str]:
        """Every id on the page."""
        return {element.attrib["id"] for element in self.elements if "id" in element.attrib}

    def named(self, *tags: str) -> list[Element]:
        """The elements of these tags."""
        return [element for element in self.elements if element.tag in tags]

    def ancestors(self, element: Element) -> Iterator[Element]:
        """From the parent outwards."""
        while element in self.parents:
            element = self.parents[element]
            yield element


Rule = Callable[[Page], Iterator[str]]


def words(element: Element) -> str:
    """The text of an element as a person reads it."""
    return " ".join("".join(element.itertext()).split())


def shown(element: Element) -> str:
    """The opening tag, for messages."""
    attributes = "".join(f' {name}="{value}"' for name, value in element.attrib.items())
    return f"<{element.tag}{attributes}>"


def name_of(page: Page, element: Element) -> str:
    """The accessible name, as far as these rules need it."""
    if element.get("aria-label"):
        return str(element.get("aria-label")).strip()
    ids = (element.get("aria-labelledby") or "").split()
    labelled = " ".join(words(other) for other in page.elements if other.get("id") in ids) if ids else ""
    images = " ".join(image.get("alt", "") for image in element.iter("img"))
    return (labelled or f"{words(element)} {images}").strip()


def parses(page: Page) -> Iterator[str]:
    """The HTML has no errors."""
    _ = page.root
    for (line, column), code, data in page.parser.errors:
        yield f"does not parse at line {line}, column {column}: {code} {data}"


def one_heading(page: Page) -> Iterator[str]:
    """One h1, and the title begins with its text."""
    headings = page.named("h1")
    if len(headings) != 1:
        yield f"has {len(headings)} h1 headings, not one"
    titles = [words(title) for title in page.named("title")]
    if len(titles) != 1:
        yield f"has {len(titles)} titles, not one"
    for title in titles:
        if not title.endswith(SITE):
            yield f"title {title!r} does not end with {SITE!r}"
        if headings and not title.removeprefix("Error: ").startswith(words(headings[0])):
            yield f"title {title!r} does not begin with the h1 {words(headings[0])!r}"
        if page.named("form") and _has_class(page, "govuk-error-summary") != title.startswith("Error: "):
            yield f"title {title!r} and the error summary disagree about whether there are errors"


def language(page: Page) -> Iterator[str]:
    """The page says its language."""
    for html in page.named("html"):
        if not html.get("lang"):
            yield "has no lang"


def heading_levels(page: Page) -> Iterator[str]:
    """No level of heading is skipped; only a summary of errors or a banner may stand before the h1."""
    previous = 1 if page.whole else 6
    for heading in page.named("h1", "h2", "h3", "h4", "h5", "h6"):
        level = int(heading.tag[1])
        if level > previous + 1:
            yield f"goes from h{previous} to h{level} at {words(heading)!r}"
        previous = level


def unique_ids(page: Page) -> Iterator[str]:
    """No id occurs twice."""
    counts = Counter(element.attrib["id"] for element in page.elements if "id" in element.attrib)
    for id_, number in counts.items():
        if number > 1:
            yield f"has the id {id_!r} {number} times"


def labelled_fields(page: Page) -> Iterator[str]:
    """Every field that a person fills in has a label with words."""
    labels = {label.get("for"): words(label) for label in page.named("label")}
    for field in page.named("input", "select", "textarea", "progress", "meter"):
        if field.tag == "input" and field.get("type", "text") in NOT_FIELDS:
            continue
        wrapped = any(parent.tag == "label" and words(parent) for parent in page.ancestors(field))
        labelled = field.get("aria-label") or field.get("aria-labelledby")
        if not (wrapped or labels.get(field.get("id")) or labelled):
            yield f"has a field without a label: {shown(field)}"


def forms(page: Page) -> Iterator[str]:
    """Every form says how and where; a form that changes something carries the token."""
    for form in page.named("form"):
        if form.get("method", "").lower() not in ("get", "post", "dialog"):
            yield f"has a form without a method: {shown(form)}"
        if not form.get("action"):
            yield f"has a form without an action: {shown(form)}"
        tokens = [field for field in form.iter("input") if field.get("name") == "csrfmiddlewaretoken"]
        # Where people answer without a name there is no session that somebody could misuse.
        unnamed = form.get("action", "").startswith(PREFIX)
        if form.get("method", "").lower() == "post" and not tokens and not unnamed:
            yield f"has a form that posts without a token: {shown(form)}"
        if form.get("method", "").lower() == "get" and tokens:
            yield f"has a form that puts the token in the address: {shown(form)}"


def targets(page: Page) -> Iterator[str]:
    """What labels, descriptions and links within the page point to exists."""
    for element in page.elements:
        pointed = [id_ for name in POINTERS for id_ in (element.get(name) or "").split()]
        pointed += (
            [element.attrib["for"]] if element.tag in ("label", "output") and "for" in element.attrib else []
        )
        if page.whole and element.tag == "a" and re.match(r"#.", element.get("href", "")):
            pointed.append(element.attrib["href"][1:])
        for id_ in pointed:
            if id_ not in page.ids:
                yield f"points to {id_!r}, which is not there: {shown(element)}"


def nothing_inline(page: Page) -> Iterator[str]:
    """No script, style or handler stands in the page itself (data blocks are no script)."""
    for element in page.elements:
        data = element.get("type") in ("application/json", "application/ld+json")
        if element.tag == "script" and not element.get("src") and not data:
            yield "has an inline script"
        if element.tag == "style":
            yield "has an inline style element"
        for name in element.attrib:
            if name == "style" or re.match(r"on[a-z]+$", name) or name.startswith(("hx-on", "data-hx-on")):
                yield f"has an inline {name}: {shown(element)}"


def addresses(page: Page) -> Iterator[str]:
    """No address is a script, and scripts, styles and images come from this site."""
    for element in page.elements:
        for name in ADDRESSES:
            value = re.sub(r"[\s\x00]", "", element.get(name) or "").lower()
            if value.startswith(("javascript:", "vbscript:", "data:text")):
                yield f"has an address that is a script: {shown(element)}"
            loaded = name == "src" or (element.tag == "link" and name == "href")
            if loaded and re.match(r"(https?:)?//", value):
                yield f"loads something from another site: {shown(element)}"


def policy(page: Page) -> Iterator[str]:
    """The Content-Security-Policy is there and strict."""
    header = page.headers.get("Content-Security-Policy", "")
    if not header:
        yield "has no Content-Security-Policy"
        return
    directives = {part.split()[0]: part.split()[1:] for part in header.split(";") if part.strip()}
    default = directives.get("default-src", ["*"])
    for name in ("script-src", "style-src", "object-src", "worker-src"):
        loose = [source for source in directives.get(name, default) if source not in ("'self'", "'none'")]
        if loose:
            yield f"has a loose policy: {name} {' '.join(loose)}"
    for name in ("base-uri", "form-action", "frame-ancestors"):
        if "*" in directives.get(name, ["*"]):
            yield f"has a policy without {name}"


def images(page: Page) -> Iterator[str]:
    """Images have an alternative; drawings are hidden from screen readers or named."""
    for image in page.named("img"):
        if "alt" not in image.attrib:
            yield f"has an image without alt: {shown(image)}"
    for drawing in page.elements:
        if drawing.tag.rpartition("}")[2] == "svg":
            hidden = drawing.get("aria-hidden") == "true"
            if not hidden and not (drawing.get("role") == "img" and name_of(page, drawing)):
                yield f"has a drawing that is neither hidden nor named: {shown(drawing)}"


def tables(page: Page) -> Iterator[str]:
    """Tables have a caption and headers that say what they head."""
    for table in page.named("table"):
        caption = table.find("caption")
        if caption is None or not words(caption):
            yield f"has a table without a caption: {shown(table)}"
        headers = list(table.iter("th"))
        if not headers:
            yield f"has a table without headers: {shown(table)}"
        for header in headers:
            if header.get("scope") not in ("col", "row", "colgroup", "rowgroup"):
                yield f"has a table header without scope: {words(header)!r}"


def named_controls(page: Page) -> Iterator[str]:
    """Links and buttons have words, and links lead somewhere."""
    for control in page.named("a", "button", "summary"):
        if not name_of(page, control):
            yield f"has a {control.tag} without words: {shown(control)}"
        if control.tag == "a" and not control.get("href"):
            yield f"has a link that leads nowhere: {shown(control)}"


def _has_class(page: Page, name: str) -> bool:
    return any(name in element.get("class", "").split() for element in page.elements)


EVERYWHERE: tuple[Rule, ...] = (
    parses,
    heading_levels,
    unique_ids,
    labelled_fields,
    forms,
    targets,
    nothing_inline,
    addresses,
    policy,
    images,
    tables,
    named_controls,
)
WHOLE_PAGES: tuple[Rule, ...] = (one_heading, language)


TOKENS = re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]+')


@lru_cache(maxsize=1000)
def _known(html: str, policy: str) -> tuple[str, ...]:
    return tuple(problems(html, {"Content-Security-Policy": policy}))


def problems(html: str, headers: Mapping[str, str]) -> list[str]:
    """Every rule that the page breaks. Without `<html>` it is a fragment, of which less is asked."""
    page = Page(html, headers, whole="<html" in html[:500].lower())
    rules = EVERYWHERE + (WHOLE_PAGES if page.whole else ())
    return [problem for rule in rules for problem in rule(page)]


def check_page(html: str, response: Any) -> None:
    """Raise `PageProblem` where the page breaks a rule. `response` is Django's or anything with `headers`."""
    # Somebody who is refused gets the same page again and again, but for the token in its forms.
    found = _known(TOKENS.sub(r"\1x", html), response.headers.get("Content-Security-Policy", ""))
    if found:
        raise PageProblem("The page " + "\nThe page ".join(found))


class InvariantClient(Client):
    """Django's test client, checking every HTML page that it fetches."""

    def request(self, **request: Any) -> Any:
        """Fetch, then check."""
        response = super().request(**request)
        html = response.headers.get("Content-Type", "").startswith("text/html")
        if (
            html
            and not response.streaming
            and response.content
            and "Content-Encoding" not in response.headers
        ):
            check_page(response.content.decode(), response)
        return response
