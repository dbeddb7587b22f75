"""JSON as it is taken from outside: plain, bounded, and the same for every reader (RFC 8259, RFC 7493).

Errors name places, never what stood there: a phone number put into the wrong member must not come back in a problem
document, and from there into somebody's log.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Final, NoReturn, TypedDict, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from esign.api.errors import ApiError, Issue
from esign.api.issue_words import words_of
from esign.infra.database import JsonValue

DEPTH_AT_MOST: Final = 32
_INTEGER_AT_MOST: Final = 2**53 - 1
_PLAIN_NAME: Final = re.compile(r"[a-z][a-z_]{0,39}")

M = TypeVar("M", bound=BaseModel)


class _Detail(TypedDict):
    type: str
    loc: tuple[int | str, ...]
    ctx: Mapping[str, object]


class Body(BaseModel):
    """Base of what comes in: strict, with no member that is not known, and frozen."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class Query(BaseModel):
    """Base of the parameters of a query: texts that are read as what they should be; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def read_body(model: type[M], data: bytes) -> M:
    """Return the body. Raises `ApiError`: `json-malformed`, or `request-invalid` with the places that are wrong."""
    plain = read_json(data)
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        raise ApiError("request-invalid", issues=tuple(_issues(error, plain))) from None  # the cause quotes values


def read_query(model: type[M], given: Iterable[tuple[str, str]]) -> M:
    """Return the parameters of a query. Raises `ApiError` (`request-invalid`), for one that is given twice too."""
    parameters: dict[str, str] = {}
    for name, value in given:
        if name in parameters or not value.isprintable():
            raise ApiError("request-invalid", issues=[Issue(_parameter(name), *words_of("parameter_form", {}))])
        parameters[name] = value
    try:
        return model.model_validate(parameters)
    except ValidationError as error:
        issues = (
            Issue(_parameter(str(detail["loc"][0]) if detail["loc"] else ""), *words_of(detail["type"], detail["ctx"]))
            for detail in _details(error)
        )
        raise ApiError("request-invalid", issues=tuple(issues)) from None


def read_json(data: bytes) -> JsonValue:
    """Return the value. Raises `ApiError` (`json-malformed`)."""
    try:
        value: JsonValue = json.loads(
            data.decode("utf-8"), object_pairs_hook=_each_member_once, parse_constant=_no_constant
        )
    except (ValueError, RecursionError):
        raise ApiError("json-malformed") from None
    _refuse_unplain(value)
    return value


def _each_member_once(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is given twice")
    return members


def _no_constant(name: str) -> NoReturn:
    raise ValueError("JSON has no such number")


def _refuse_unplain(value: JsonValue) -> None:
    """Refuse depth, numbers that other readers would round, and texts that no database can keep."""
    level: list[JsonValue] = [value]
    for _ in range(DEPTH_AT_MOST):
        below: list[JsonValue] = []
        for one in level:
            if isinstance(one, Mapping):
                below += [*one.keys(), *one.values()]
            elif isinstance(one, Sequence) and not isinstance(one, str):
                below += one
            elif not _is_plain(one):
                raise ApiError("json-malformed")
        if not below:
            return
        level = below
    raise ApiError("json-malformed")


def _is_plain(value: JsonValue) -> bool:
    if isinstance(value, str) and value.isascii():  # documents come as tens of megabytes of base64
        return "\x00" not in value
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, float):
        return isfinite(value)
    return not isinstance(value, int) or abs(value) <= _INTEGER_AT_MOST


def _issues(error: ValidationError, data: JsonValue) -> Iterator[Issue]:
    for detail in _details(error):
        kind, place = detail["type"], detail["loc"]
        yield Issue(_pointer(place, data, missing=kind == "missing"), *words_of(kind, detail["ctx"]))


def _details(error: ValidationError, at_most: int = 50) -> list[_Detail]:
    return [
        _Detail(type=one["type"], loc=one["loc"], ctx=one.get("ctx", {}))
        for one in error.errors(include_url=False, include_input=False)[:at_most]
    ]


def _pointer(place: Sequence[int | str], data: JsonValue, *, missing: bool) -> str:
    """Return the JSON pointer of a place, without the names of union branches that pydantic puts in between.

    A member's name is told only if it is a plain word: names come from outside too.
    """
    pointer, node = "", data
    for number, part in enumerate(place):
        there, below = _below(node, part)
        if there:
            node = below
        elif not (missing and number == len(place) - 1):
            continue
        pointer += f"/{part}" if isinstance(part, int) or _PLAIN_NAME.fullmatch(part) else "/?"
    return pointer


def _below(node: JsonValue, part: int | str) -> tuple[bool, JsonValue]:
    """Return whether the part leads anywhere from the node, and where."""
    if isinstance(node, Mapping) and isinstance(part, str):
        return part in node, node.get(part)
    if isinstance(node, Sequence) and not isinstance(node, str) and isinstance(part, int):
        return part < len(node), node[part] if part < len(node) else None
    return False, None


def _parameter(name: str) -> str:
    return f"?{name}" if _PLAIN_NAME.fullmatch(name) else "?"
