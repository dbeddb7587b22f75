"""JSON Schema as rows for people: the members of an object, what each holds, what bounds it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

_DEPTH_AT_MOST: Final = 5
_NAMES: Final = {"string": "text", "integer": "integer", "number": "number", "boolean": "true or false"}
_FORMATS: Final = {"date-time": "time", "date": "date", "binary": "bytes", "base64": "base64", "uri": "address"}
Schema = Mapping[str, Any]


@dataclass(frozen=True)
class SchemaRow:
    """A member. `name` is the way to it (`recipients[].name`), `bounds` its limits in words."""

    name: str
    kind: str
    required: bool
    about: str
    bounds: str


def rows_of(schema: Schema, schemas: Mapping[str, Schema]) -> list[SchemaRow]:
    """Return the rows of a schema whose references are looked up in `schemas`."""
    return list(_members(schema, schemas, "", _DEPTH_AT_MOST))


def _members(schema: Schema, schemas: Mapping[str, Schema], before: str, depth: int) -> Iterator[SchemaRow]:
    whole = _resolved(schema, schemas)
    if not depth:
        return
    required = whole.get("required", ())
    for name, member in whole.get("properties", {}).items():
        inner, optional = _choice(member, schemas)
        kind, below, suffix = _kind(inner, schemas)
        about = str(member.get("description") or inner.get("description") or "")
        if optional:
            kind += ", or null"
        yield SchemaRow(f"{before}{name}", kind, name in required, about, _bounds(member, inner, schemas))
        if below is not None:
            yield from _members(below, schemas, f"{before}{name}{suffix}.", depth - 1)


def _choice(member: Schema, schemas: Mapping[str, Schema]) -> tuple[Schema, bool]:
    """Return what a member holds, and whether it may be null instead."""
    choices = [_resolved(choice, schemas) for choice in member.get("anyOf", [member])]
    kinds = [choice for choice in choices if choice.get("type") != "null"]
    return (kinds[0] if kinds else {"type": "null"}), len(kinds) < len(choices)


def _kind(schema: Schema, schemas: Mapping[str, Schema]) -> tuple[str, Schema | None, str]:
    """Return the kind in words, the schema of what is inside, and how its names go on."""
    if "enum" in schema or "const" in schema:
        return "choice", None, ""
    if schema.get("type") == "array":
        inner = _resolved(schema.get("items") or next(iter(schema.get("prefixItems", ())), {}), schemas)
        kind, below, suffix = _kind(inner, schemas)
        return f"list: {kind}", below, f"[]{suffix}"
    if schema.get("type") == "object" or "properties" in schema:
        return "object", schema, ""
    if "oneOf" in schema:
        kinds = dict.fromkeys(_kind(_resolved(one, schemas), schemas)[0] for one in schema["oneOf"])
        return " or ".join(kinds), _one_of(schema["oneOf"], schemas), ""
    if isinstance(schema.get("type"), list):
        return " or ".join(_NAMES.get(name, "value") for name in schema["type"]), None, ""
    return _FORMATS.get(str(schema.get("format")), _NAMES.get(str(schema.get("type")), "value")), None, ""


def _one_of(choices: Sequence[Schema], schemas: Mapping[str, Schema]) -> Schema | None:
    """Return the members of all these objects as those of one, none of them required; None if one is no object."""
    wholes = [_resolved(choice, schemas) for choice in choices]
    if not all("properties" in whole for whole in wholes):
        return None
    members: dict[str, Any] = {}
    for whole in wholes:
        for name, member in whole["properties"].items():
            about = member.get("description") or whole.get("description", "")
            members.setdefault(name, {**member, "description": about})
    return {"type": "object", "properties": members}


def _bounds(member: Schema, inner: Schema, schemas: Mapping[str, Schema]) -> str:
    told = []
    items = _resolved(inner.get("items", {}), schemas)
    values: Sequence[Any] = inner.get("enum") or items.get("enum") or ([inner["const"]] if "const" in inner else [])
    if values:
        told.append(", ".join(str(value) for value in values))
    for least, most, unit in (
        ("minLength", "maxLength", " characters"),
        ("minItems", "maxItems", " entries"),
        ("minimum", "maximum", ""),
    ):
        low, high = inner.get(least), inner.get(most)
        if low is not None and low == high:
            told.append(f"{low}{unit}")
        elif low is not None and high is not None:
            told.append(f"{low} to {high}{unit}")
        elif high is not None:
            told.append(f"at most {high}{unit}")
        elif low is not None:
            told.append(f"at least {low}{unit}")
    if "pattern" in inner or "pattern" in items:
        told.append(f"pattern {inner.get('pattern') or items['pattern']}")
    if member.get("default") is not None:
        told.append(f"default {json.dumps(member['default'], ensure_ascii=False)}")
    return "; ".join(told)


def _resolved(schema: Schema, schemas: Mapping[str, Schema]) -> Schema:
    reference = schema.get("$ref")
    if not isinstance(reference, str):
        return schema
    return {**schemas[reference.rpartition("/")[2]], **{name: v for name, v in schema.items() if name != "$ref"}}
