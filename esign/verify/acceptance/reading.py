"""Reads the second verdict back from its JSON form: one that was kept, or that another process gave."""

from __future__ import annotations

from typing import Final, NoReturn

from esign.verify.acceptance.requirements.case import CODE
from esign.verify.acceptance.verdict import Acceptance, AcceptanceVerdict, RequirementVerdict

_REQUIREMENTS_AT_MOST: Final = 100
_TEXT_AT_MOST: Final = 2_000


def read_acceptance(form: object) -> Acceptance | None:
    """Return what `Acceptance.as_json` gave; None where there was none. Raises `ValueError` for another form.

    A requirement or reason of a later version is read, though this one has no sentence for it.
    """
    if form is None:
        return None
    members = _members(form)
    requirements = members.get("requirements")
    if not isinstance(requirements, list) or len(requirements) > _REQUIREMENTS_AT_MOST:
        _refuse()
    name, version = members.get("policy"), members.get("version")
    if not isinstance(name, str) or not CODE.fullmatch(name) or not isinstance(version, int):
        _refuse()
    verdict = AcceptanceVerdict(str(members.get("verdict")))
    return Acceptance(name, version, verdict, tuple(_requirement(one) for one in requirements))


def _requirement(form: object) -> RequirementVerdict:
    members = _members(form)
    code, met, reason = str(members.get("code")), members.get("met"), str(members.get("reason"))
    if not CODE.fullmatch(code) or not CODE.fullmatch(reason) or not (met is None or isinstance(met, bool)):
        _refuse()
    facts = {name: str(value)[:_TEXT_AT_MOST] for name, value in _members(members.get("facts")).items()}
    return RequirementVerdict(code, met, reason, facts)


def _members(form: object) -> dict[str, object]:
    if not isinstance(form, dict) or not all(isinstance(name, str) for name in form):
        _refuse()
    return form


def _refuse() -> NoReturn:
    raise ValueError("the acceptance is not in its form")
