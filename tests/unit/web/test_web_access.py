"""What somebody needs who does not see the page: names, labels, one heading, one language, ids that are one's own."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

from tests.service import request
from tests.unit.web.page_room import Pages

VOID = {"input", "meta", "link", "img", "br"}


class Outline(HTMLParser):
    """Reads who is inside whom, and what is said there."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.fields: list[dict[str, str | None]] = []
        self.nameless: list[str] = []
        self.headings = 0
        self.language: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag == "html":
            self.language = found.get("lang")
        if tag == "h1" and not any("hidden" in attributes for _name, attributes, _said in self.open):
            self.headings += 1
        if tag == "label" and found.get("for"):
            self.labels.add(str(found["for"]))
        if tag in {"input", "textarea", "select"} and found.get("type") != "hidden":
            inside = any(name == "label" for name, _attributes, _said in self.open)
            if not inside and not found.get("aria-label"):
                self.fields.append(found)
        if tag == "img":
            self.handle_data(str(found.get("alt") or ""))
            if "alt" not in found:
                self.nameless.append(str(found.get("src")))
        if tag not in VOID:
            self.open.append((tag, found, []))

    def handle_data(self, data: str) -> None:
        for _tag, _attributes, said in self.open:
            said.append(data)

    def handle_endtag(self, tag: str) -> None:
        while self.open:
            name, attributes, said = self.open.pop()
            if name in {"a", "button"} and not "".join(said).strip() and not attributes.get("aria-label"):
                self.nameless.append(str(attributes))
            if name == tag:
                return


def test_every_page_can_be_heard(pages: Pages, contract: bytes) -> None:
    visitor = pages.visitor(pages.desk.create(request(contract)))
    link = f"/s/{visitor.link}"
    seen: list[str] = []

    def hear(*paths: str) -> None:
        for path in paths:
            told = visitor.get(path)
            assert told.mimetype == "text/html"
            assert told.status_code != 303, path
            outline = Outline()
            outline.feed(told.text)
            assert outline.language == "zh-CN"
            assert outline.headings == 1, path
            assert outline.nameless == [], path
            assert [name for name, count in Counter(outline.ids).items() if count > 1] == [], path
            assert [one for one in outline.fields if one.get("id") not in outline.labels] == [], path
            seen.append(path)

    hear(link, f"{link}/help", "/nothing")
    visitor.send(link, f"{link}/open")
    hear(f"{link}/identify")
    visitor.identify()
    home = visitor.home
    hear(f"{home}/consents", f"{home}/decline", f"{home}/help")
    visitor.consent()
    hear(f"{home}/pages/1", f"{home}/pages/2?as=text")
    visitor.read(1)
    visitor.read(2)
    hear(f"{home}/sign")
    visitor.draw()
    hear(f"{home}/consents")
    visitor.consent()
    hear(f"{home}/photo")
    visitor.photograph()
    hear(f"{home}/confirm")
    visitor.confirm()
    hear(f"{home}/done")
    pages.desk.work()
    hear(f"{home}/done")
    assert len(seen) == 15
