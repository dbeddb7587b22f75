"""Every page of a session is kept as it was shown; how it was left is recorded for whoever it was shown to alone."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from esign.ceremony.screens import Shown
from esign.infra.blobs import content_name, read_blob
from esign.infra.errors import BlobError, ConfigurationError
from esign.web.assets import assets
from esign.web.replay import Replayed, edition_style, replay_files, write_replay
from esign.web.shown_screens import EDITION, keep_edition, plain_content
from tests.service import YE, request
from tests.unit.web.page_room import Pages, Visitor, read_page


@pytest.fixture
def visitor(pages: Pages, contract: bytes) -> Visitor:
    made = pages.visitor(pages.desk.create(request(contract)))
    made.until_reading()
    return made


def shown(pages: Pages, visitor: Visitor) -> list[Shown]:
    with pages.desk.service.ports.database.reading() as session:
        return list(pages.desk.service.screens.shown_to(session, visitor.recipient))


def leave(visitor: Visitor, page: str, **told: str) -> int:
    """Leave the page as its module does; return the status."""
    attributes = read_page(visitor.get(page).text).attributes
    meta = next(found for tag, found in attributes if tag == "meta" and found.get("name") == "screen")
    form = {"form_token": meta["data-form"], "screen": meta["content"], "milliseconds": "1", "actions": "[]"}
    return visitor.post(str(meta["data-action"]), {**form, **told}).status_code


def test_a_page_is_kept_as_it_was_shown_but_for_its_tokens(pages: Pages, visitor: Visitor) -> None:
    text = visitor.get(f"{visitor.home}/pages/1").text
    last = shown(pages, visitor)[-1]
    assert (last.name, last.edition) == ("reading", assets().edition)
    with pages.desk.service.ports.database.reading() as session:
        salt, content = pages.desk.service.screens.content(session, last.record)
    assert hashlib.sha256(salt + content).hexdigest() == last.digest
    assert content == plain_content(text.encode())
    assert "第 1 页" in content.decode()
    token = next(str(found["data-form"]) for _tag, found in read_page(text).attributes if "data-form" in found)
    assert token in text
    assert token not in content.decode()
    assert last.record in text
    assert last.record not in content.decode()
    assert last.left_at is None


def test_what_is_shown_before_the_session_is_kept_without_its_secrets(pages: Pages, contract: bytes) -> None:
    visitor = pages.visitor(pages.desk.create(request(contract)))
    assert leave(visitor, f"/s/{visitor.link}", actions='["to-open"]') == 204
    visitor.send(f"/s/{visitor.link}", f"/s/{visitor.link}/open")
    wrong = visitor.identify(name="于文")
    assert wrong.status_code == 422
    landing, *_others, identify = shown(pages, visitor)
    assert (landing.name, landing.device, landing.actions) == ("landing", None, ("to-open",))
    assert landing.left_at is not None
    assert (identify.name, identify.device, identify.left_at) == ("identify", None, None)
    with pages.desk.service.ports.database.reading() as session:
        kept = [pages.desk.service.screens.content(session, one.record)[1].decode() for one in (landing, identify)]
    secret, code = visitor.link.partition(".")[2], 'value="246810"'
    assert secret in wrong.text
    assert code in wrong.text
    assert not any(secret in text or code in text for text in kept)
    assert 'value="于文"' in kept[1]  # what they answered is part of what they saw


def test_how_a_page_before_the_session_was_left_is_told_by_whoever_has_the_link_alone(
    pages: Pages, visitor: Visitor, contract: bytes
) -> None:
    other = pages.visitor(pages.desk.create(request(contract)))
    other.get(f"/s/{other.link}")
    theirs = shown(pages, other)[-1]
    assert leave(visitor, f"/s/{visitor.link}", screen=theirs.record) == 204
    assert shown(pages, other)[-1].left_at is None
    assert leave(visitor, f"/s/{visitor.link}", form_token="forged") == 403
    assert visitor.post("/s/rcp_01k9x7m2qv8w3c5t6r4n0b1d2e.nothing/screens", {}).status_code == 404


def test_the_same_page_shown_twice_has_one_content_and_two_digests_that_tell_nothing(
    pages: Pages, visitor: Visitor
) -> None:
    for _ in range(2):
        visitor.get(f"{visitor.home}/decline")
    first, second = shown(pages, visitor)[-2:]
    with pages.desk.service.ports.database.reading() as session:
        one, two = (pages.desk.service.screens.content(session, each.record) for each in (first, second))
    assert one[1] == two[1]
    assert one[0] != two[0]
    assert first.digest != second.digest


def test_what_leads_elsewhere_or_is_no_page_is_no_screen(pages: Pages, visitor: Visitor) -> None:
    before = len(shown(pages, visitor))
    for path in ("", "/confirm", "/pages/1.jpg", "/state", "/pages/99"):
        visitor.get(visitor.home + path)
    assert len(shown(pages, visitor)) == before


def test_leaving_records_the_time_and_what_was_pressed(pages: Pages, visitor: Visitor) -> None:
    assert leave(visitor, f"{visitor.home}/pages/1", actions=json.dumps(["zoom", "to-1", 7, None])) == 204
    last = shown(pages, visitor)[-1]
    assert last.actions == ("zoom", "to-1")
    assert last.left_at is not None


@pytest.mark.parametrize("actions", ["", "{", "{}", "[[[]]]", '"x"', "[" * 5000])
@pytest.mark.parametrize("milliseconds", ["", "-1", "9" * 30, "1.5", "x"])
def test_whatever_a_device_tells_it_is_left_once(
    pages: Pages, visitor: Visitor, actions: str, milliseconds: str
) -> None:
    assert leave(visitor, f"{visitor.home}/pages/1", actions=actions, milliseconds=milliseconds) == 204
    last = shown(pages, visitor)[-1]
    assert last.actions == ()
    assert last.left_at is not None


def test_nobody_records_how_somebody_else_left(pages: Pages, visitor: Visitor, contract: bytes) -> None:
    envelope = pages.desk.create(request(contract))
    other = pages.visitor(envelope, 1, YE)
    other.until_reading()
    other.get(f"{other.home}/pages/1")
    theirs = shown(pages, other)[-1]
    assert leave(visitor, f"{visitor.home}/pages/1", screen=theirs.record) == 204
    assert shown(pages, other)[-1].left_at is None
    assert leave(visitor, f"{visitor.home}/pages/1", form_token="forged") == 403


def test_a_person_can_sign_where_screens_cannot_be_kept(
    pages: Pages, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object, **_named: object) -> bool:
        raise OSError("no space left")

    monkeypatch.setattr(type(pages.desk.service.screens), "keep", full)
    assert visitor.get(f"{visitor.home}/pages/1").status_code == 200


def test_the_style_of_an_edition_is_kept_once_and_found_again(pages: Pages) -> None:
    blobs = pages.desk.service.ports.blobs
    keep_edition(blobs)
    keep_edition(blobs)
    edition = assets().edition
    assert hashlib.sha256(read_blob(blobs, content_name(EDITION, bytes.fromhex(edition)))).hexdigest() == edition
    assert "--seal" in edition_style(blobs, edition)["tokens.css"]
    with pytest.raises(BlobError):
        edition_style(blobs, "0" * 64)


def test_a_replay_has_no_script_and_no_way_out(pages: Pages, visitor: Visitor, tmp_path: Path) -> None:
    visitor.get(f"{visitor.home}/pages/1")
    with pages.desk.service.ports.database.reading() as session:
        screens = [
            Replayed(one, pages.desk.service.screens.content(session, one.record)[1]) for one in shown(pages, visitor)
        ]
    folder = tmp_path / "replay"
    away = b'<a class="btn" href="https://insurer.example/p/1">x</a><a href="#main">y</a>'
    screens.append(Replayed(screens[0].shown, away, bytes(32)))
    shown_all = [*screens, Replayed(screens[0].shown, None)]
    files = replay_files("env · <applicant>", shown_all, style_of, {"pages/1.jpg": b"x"})
    write_replay(folder, files)
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")} == set(files)
    pages_written = [path.read_text("utf-8") for path in sorted(folder.glob("*.html"))]
    assert len(pages_written) == len(screens) + 2
    for text in pages_written:
        assert "<script" not in text
        assert not re.search(r'(href|src)="(/|https?:)', text)
    assert "已删除" in pages_written[-2]
    assert "env · &lt;applicant&gt;" in pages_written[-1]
    assert "body{}" in pages_written[0]
    with pytest.raises(ConfigurationError) as there:
        write_replay(folder, files)
    assert there.value.code == "folder-exists"


def style_of(_edition: str) -> dict[str, str]:
    return {"tokens.css": "body{}", "app.css": "", "ceremony.css": ""}
