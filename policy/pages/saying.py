"""What pages of the room say: refusals beside a form, amounts, days, who somebody is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from esign.public.console import N_, member_name, words
from esign.public.values import Words
from policy.amounts import in_digits, yuan_of
from policy.api.codes import CODES
from policy.domain.values import Outcome, RequirementKind
from policy.errors import PolicyRefused
from policy.service.office import Office
from policy.underwriting.assessing import DESK

OUTCOMES: Final[Mapping[Outcome, tuple[str, str]]] = {
    Outcome.ACCEPT: ("pass", N_("承保")),
    Outcome.REFER: ("act", N_("转人工")),
    Outcome.ASK: ("wait", N_("请客户补充")),
    Outcome.DECLINE: ("fail", N_("拒保")),
}
WANTED: Final[Mapping[RequirementKind, str]] = {
    RequirementKind.EXAMINATION: N_("体检"),
    RequirementKind.INVESTIGATION: N_("核实情况"),
    RequirementKind.PAPERS: N_("补充材料"),
}


def said_of(refused: PolicyRefused) -> str:
    """Return a refusal in a line beside a form: cause and cure."""
    return words().choose(refused.zh, refused.en)


def status_of(refused: PolicyRefused) -> int:
    """Return the status of an answer that tells this refusal."""
    known = CODES.words.get(refused.code)
    return 409 if known is None else known.status


def in_yuan(fen: int) -> str:
    """Return an amount in fen as people read it."""
    return words().say(N_("%(yuan)s 元"), yuan=in_digits(yuan_of(fen)))


def text_of(text: Words) -> str:
    """Return a text in the language of the request."""
    return words().choose(text.zh, text.en)


def day_typed(typed: str) -> date | None:
    """Return the day that a field of a form holds, None where it holds none."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def person_called(office: Office, id: str) -> str:
    """Return what somebody of the staff is called; the desk of underwriters has a name of its own."""
    if id == DESK:
        return words().say(N_("核保部"))
    with office.house.database.reading() as session:
        return member_name(session, office.house.records, id)
