"""Rooms as values: what esign's closed lists take from them, and what is refused before anything is open."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import MetaData, String, text
from sqlalchemy.orm import Mapped, mapped_column

from esign.api.problems import problem_of
from esign.api.scopes import RoomScope, Scope
from esign.cli import build_command
from esign.cli.openapi import described
from esign.infra.database import Base, open_database
from esign.infra.settings import load_settings
from esign.operations.stand_ins import STAND_INS
from esign.public.api import CodeWords, RoomCodes
from esign.public.console import ConsolePart, Entry, Role, RoomConsole, only
from esign.public.events import Consumer, EventType, Vocabulary
from esign.public.messages import MessageText, Words
from esign.public.room import Room, RoomParts
from esign.public.rooms import NO_ROOMS, Rooms
from esign.web.console.access import Console
from esign.web.console.room_part import add_parts
from esign.web.words import words_in
from tests.unit.public.letter_house import ROOMS, builders_with_letters, key_of, letter_house
from tests.unit.public.letters.api import READ, WRITE
from tests.unit.public.letters.commands import letter_command
from tests.unit.public.letters.domain import LetterRefused
from tests.unit.public.letters.models import LetterBase
from tests.unit.public.letters.pages import PACKAGE
from tests.unit.public.letters.room import LETTERS
from wsgi import clock

OTHER = Room("stamps", PACKAGE, Vocabulary([EventType("stamp.bought")]), open=lambda _house: RoomParts())
TEXT = MessageText(Words("信", "信 {link}"), Words("Letter", "Letter {link}"))


def nobody() -> Any:
    """Stand where a service would be, which opening a room asks nothing."""

    class Nobody:
        def __getattr__(self, name: str) -> Any:
            return Nobody()

    return Nobody()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "letters"}, "two rooms have one name"),
        ({"vocabulary": LETTERS.vocabulary}, "declared twice"),
        ({"vocabulary": Vocabulary([EventType("envelope.completed")])}, "declared twice"),
        ({"changing": LETTERS.changing}, "two tables have one name"),
        ({"scopes": {RoomScope("letters:read"): ("", "")}}, "two scopes have one name"),
        ({"stand_ins": {"outbox": "another outbox"}}, "two stand-ins have one name"),
        ({"codes": LETTERS.codes}, "two rooms have words for"),
    ],
)
def test_no_two_have_the_same(changes: dict[str, Any], said: str) -> None:
    Rooms((LETTERS, OTHER))
    with pytest.raises(ValueError, match=said):
        Rooms((LETTERS, replace(OTHER, **changes)))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "Two Words"}, "no name of a room"),
        ({"messages": {"greeting": TEXT}}, "begins with its name"),
        ({"erasures": {"letter.forgotten": lambda _session, _event: ()}}, "not its own"),
    ],
)
def test_a_room_that_contradicts_itself_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        replace(OTHER, **changes)


def test_a_table_that_names_blobs_names_their_records(monkeypatch: pytest.MonkeyPatch) -> None:
    class Own(Base):
        __abstract__ = True
        metadata = MetaData()

    class Keyless(Own):
        __tablename__ = "keyless"
        id: Mapped[str] = mapped_column(String(80), primary_key=True)
        blob: Mapped[str] = mapped_column(String(100))

    with pytest.raises(ValueError, match="without their records"):
        replace(OTHER, changing=(Keyless,))


def test_what_runs_is_named_for_its_room() -> None:
    parts = RoomParts(consumers=(Consumer("letters", lambda _session, _logged: None),))
    with pytest.raises(ValueError, match="a consumer of the room stamps begins with its name"):
        Rooms((replace(OTHER, open=lambda _house: parts),)).opened(nobody(), "https://sign.example")
    others = RoomParts(console=ConsolePart("letters", PACKAGE, lambda _console: None))
    with pytest.raises(ValueError, match="has pages of letters"):
        Rooms((replace(OTHER, open=lambda _house: others),)).opened(nobody(), "https://sign.example")


@pytest.mark.parametrize("name", ["letters", "Letters:read", "letters:", "envelopes:read", "letters:read:all"])
def test_a_scope_of_a_room_has_a_form_and_is_none_of_ours(name: str) -> None:
    with pytest.raises(ValueError, match="no scope of a room"):
        RoomScope(name)


def test_a_message_says_the_same_in_both_languages() -> None:
    with pytest.raises(ValueError, match="does not say the same"):
        MessageText(Words("信", "{day}"), Words("Letter", "Letter"))


def test_an_entry_leads_to_a_page_for_the_same_roles() -> None:
    def declare(console: RoomConsole) -> None:
        @console.page("", to=only(Role.OPERATIONS))
        def stamp_list() -> str:
            return ""

    for endpoint, roles in (("nowhere", None), ("stamp_list", None), ("stamp_list", frozenset({Role.SALES}))):
        part = ConsolePart("stamps", PACKAGE, declare, (Entry("邮票", endpoint, "", roles),))
        with pytest.raises(ValueError, match="is not as its page"):
            add_parts(Console(), [part])
    console = Console()
    add_parts(console, [ConsolePart("stamps", PACKAGE, declare)])
    assert [rule.rule for rule in console.url_map.iter_rules()] == ["/console/stamps"]


def test_what_a_room_refuses_is_told_in_its_words_and_nothing_else_is() -> None:
    told = problem_of(LetterRefused("no-letter"), ROOMS.codes)
    assert (told.status, told.code, told.detail[1]) == (404, "no-letter", "There is no such letter. Check its id.")
    ours = problem_of(LetterRefused("malformed-command"), ROOMS.codes)
    assert (ours.status, ours.code) == (422, "malformed-command"), "a code that the catalogue has already"
    for error, codes in (
        (LetterRefused("unheard-of"), ROOMS.codes),
        (LetterRefused("no-letter"), NO_ROOMS.codes),
        (KeyError("no-letter"), ROOMS.codes),
    ):
        assert problem_of(error, codes).code == "internal-error"


def test_the_document_of_a_service_without_rooms_knows_none_and_with_them_all_of_it() -> None:
    settings = load_settings({})
    without, within = described(settings, clock), described(settings, clock, ROOMS)
    paths = set(within["paths"]) - set(without["paths"])  # type: ignore[call-overload, arg-type]  # objects, both
    assert paths == {"/v1/letters", "/v1/letters/{letter}", "/v1/letters/{letter}/confirmation"}
    written = json.dumps(within)
    assert "letters" not in json.dumps(without)
    for word in ("letters:read (see letters)", "letter-forgotten", '"letters:write"'):
        assert word in written, word
    assert without["components"]["schemas"].keys() <= {*within["components"]["schemas"], "Scope"}  # type: ignore[index, call-overload, union-attr]


def test_an_operation_asks_for_a_scope_that_has_words() -> None:
    rooms = Rooms((replace(LETTERS, scopes={READ: ("", "")}),))
    with pytest.raises(ValueError, match="a scope that has no words: letters:write"):
        described(load_settings({}), clock, rooms)
    codes = RoomCodes((LetterRefused,), {"no-envelope": CodeWords(404, "", "", "", "")})
    with pytest.raises(ValueError, match="codes that are ours: no-envelope"):
        described(load_settings({}), clock, Rooms((replace(LETTERS, codes=codes),)))


def test_a_key_for_a_rooms_scopes_is_made_by_a_key_that_has_them(tmp_path: Any) -> None:
    with letter_house(tmp_path) as house:
        wanted = {"name": "Letters", "scopes": ["letters:read", "envelopes:read"]}
        made = house.call("POST", "/v1/keys", json=wanted)
        assert (made.status_code, made.get_json()["scopes"]) == (201, ["envelopes:read", "letters:read"])
        assert house.call("GET", "/v1/letters", made.get_json()["token"]).status_code == 200
        few = key_of(house.database, WRITE, Scope.KEYS_WRITE)
        assert house.call("POST", "/v1/keys", few, json=wanted).get_json()["code"] == "scope-beyond-own"
        unknown = house.call("POST", "/v1/keys", json=wanted | {"scopes": ["letters:burn"]})
        assert unknown.get_json()["code"] == "request-invalid"
        told = CliRunner().invoke(letter_command, obj=house.builders, env=house.environment)
        assert (told.exit_code, told.output) == (0, "0 of 示例保险股份有限公司 wait\n"), "a command of the room's own"
        docs = house.outside.get("/v1/docs/letters")
        assert (docs.status_code, "letters:read" in docs.text) == (200, True)
        assert house.outside.get("/v1/errors/letter-forgotten").status_code == 200


def test_what_stands_in_for_a_third_party_in_a_room_is_listed_and_accepted(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, status: int = 0) -> str:
        told = CliRunner().invoke(build_command(builders_with_letters()), list(arguments))
        assert told.exit_code == status, told.output
        return told.output

    run("db", "upgrade")
    assert "OPEN      letters-not-posted: letters are shown and not posted" in run("stand-ins", "list")
    run("stand-ins", "accept", "letters-not-posted", "--by", "stf_lin", "--reason", "pilot")
    assert "accepted  letters-not-posted" in run("stand-ins", "list")
    assert "is not one of" in run("stand-ins", "accept", "letters-lost", "--by", "stf_lin", "--reason", "x", status=2)
    told = run("clients", "create", "Letters", "--scope", "letters:read", "--json")
    assert json.loads(told)["scopes"] == ["letters:read"]
    assert "is not one of" in run("clients", "create", "Letters", "--scope", "letters:burn", status=2)
    assert set(ROOMS.stand_ins).isdisjoint(STAND_INS)


def test_the_services_role_may_change_its_rows_and_nothing_more(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    LetterBase.metadata.create_all(database.engine)
    with database.transaction() as session:
        session.execute(text("CREATE ROLE letters_service"))
        for statement in ROOMS.role_statements("letters_service"):
            session.execute(text(statement))
        may = {
            right
            for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
            if session.scalar(text("SELECT has_table_privilege('letters_service', 'letters', :r)"), {"r": right})
        }
        session.execute(text("DROP OWNED BY letters_service"))
        session.execute(text("DROP ROLE letters_service"))
    database.close()
    assert may == {"SELECT", "INSERT", "UPDATE", "DELETE"}


def test_a_rooms_words_stand_beside_our_own() -> None:
    assert words_in("en", (PACKAGE,)).say("删除这封信") == "Erase this letter"
    assert words_in("en", (PACKAGE,)).say("首页") == words_in("en").say("首页")
    assert words_in("en").say("删除这封信") == "删除这封信"
