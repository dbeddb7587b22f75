"""Reads a report back from its JSON form: one that was kept, or that another process made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from esign.verify.acceptance.reading import read_acceptance
from esign.verify.report import (
    SCHEMA,
    Conclusion,
    DocumentFacts,
    Finding,
    LaterChange,
    Report,
    Severity,
    SignatureReport,
)

_Value = TypeVar("_Value")
_ENTRIES_AT_MOST: Final = 10_000


def read_report(form: Mapping[str, Any], *, readable: bool) -> Report:
    """Return the report that `Report.as_json` gave. Raises `ValueError` where the form is another.

    Members that are not known here are passed over, so that a later version's report can be read, and those that an
    earlier version did not have are empty.
    """
    try:
        if form["schema"] != SCHEMA:
            raise ValueError("the report is in another form")
        document = form["document"]
        return Report(
            DocumentFacts(
                _text(document["name"]),
                _text(document["sha256"]),
                _number(document["bytes"]),
                _number(document["pages"]),
                _number(document["revisions"]),
            ),
            Conclusion(form["conclusion"]),
            tuple(_signature(one) for one in _list(form["signatures"])),
            tuple(_finding(one) for one in _list(form["findings"])),
            readable,
            validation_time=_moment(form.get("validation_time")),
            acceptance=read_acceptance(form.get("acceptance")),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("the report is not in its form") from error


def _signature(form: Mapping[str, Any]) -> SignatureReport:
    return SignatureReport(
        field=_text(form["field"]),
        kind=_text(form["kind"]),
        integrity=_text(form["integrity"]),
        coverage=_text(form["coverage"]),
        changes_after=_text(form["changes_after"]),
        level=_text(form["level"]),
        indication=_text(form["indication"]),
        revision=_number(form["revision"]),
        sub_indication=_text_or_none(form["sub_indication"]),
        claimed_time=_moment(form["claimed_time"]),
        best_signature_time=_moment(form["best_signature_time"]),
        signer=_texts(form["signer"]),
        algorithms=_texts(form["algorithms"]),
        evidence=_is(form["evidence"], dict),
        changes=tuple(_change(one) for one in _list(form.get("changes", []))),
        timestamp_signers=tuple(_texts(one) for one in _list(form.get("timestamp_signers", []))),
        identifiers=_texts(form.get("identifiers", {})),
    )


def _change(form: Mapping[str, Any]) -> LaterChange:
    return LaterChange(
        _text(form["kind"]), _text(form["place"]), _text_or_none(form["field"]), _is(form["permitted"], bool)
    )


def _finding(form: Mapping[str, Any]) -> Finding:
    return Finding(
        _text(form["code"]), Severity(form["severity"]), _text(form["message"]), _text_or_none(form["field"])
    )


def _is(value: object, kind: type[_Value]) -> _Value:
    if not isinstance(value, kind):
        raise TypeError(f"{kind.__name__} expected")
    return value


def _text(value: object) -> str:
    return _is(value, str)


def _text_or_none(value: object) -> str | None:
    return None if value is None else _text(value)


def _number(value: object) -> int:
    return _is(value, int)


def _moment(value: object) -> datetime | None:
    return None if value is None else datetime.fromisoformat(_text(value))


def _texts(value: object) -> dict[str, str]:
    return {_text(key): _text(said) for key, said in _is(value, dict).items()}


def _list(value: object) -> list[Any]:
    found = _is(value, list)
    if len(found) > _ENTRIES_AT_MOST:
        raise ValueError("the report lists more than a report does")
    return found
