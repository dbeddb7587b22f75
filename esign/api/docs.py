"""The document as pages: served by us, without a script, readable on a telephone; and the error catalogue."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from flask.templating import Environment
from markupsafe import Markup, escape
from pydantic import BaseModel

from esign.api.call import JSON, Call, Reply
from esign.api.catalogue import CatalogueEntry
from esign.api.errors import ApiError
from esign.api.openapi import Declared
from esign.api.operations import Operation, Raw, Resource
from esign.api.schema_rows import SchemaRow, rows_of
from esign.api.scopes import Door
from esign.infra.database import JsonValue
from esign.look import MARK, TOKENS

HTML: Final = "text/html; charset=utf-8"
CSS: Final = "text/css; charset=utf-8"
SVG: Final = "image/svg+xml"
_DATA: Final = Path(__file__).with_name("data")
_ASSETS: Final = {file.name: (file, kind) for file, kind in ((TOKENS, CSS), (_DATA / "docs.css", CSS), (MARK, SVG))}
_FRESH: Final = {"Cache-Control": "public, max-age=3600"}
_NAME: Final = re.compile(r"[a-z0-9-]{1,64}")


@dataclass(frozen=True)
class ShownOperation:
    """An operation as its page shows it."""

    operation: Operation
    anchor: str
    path: str
    access: str
    query: list[SchemaRow]
    body: list[SchemaRow]
    raw_body: str
    answer: list[SchemaRow]
    raw_answer: str
    curl: str
    answer_example: str
    problems: list[CatalogueEntry]


def docs_resource(declared: Declared, templates: Environment) -> Resource:
    """Return the operations that serve the document, its pages and the error catalogue to anybody."""
    docs = Resource("docs", "说明", "Docs")
    templates.filters |= {"breakable": _breakable, "marked": _marked}

    @cache
    def document() -> bytes:
        return json.dumps(declared.document(), ensure_ascii=False, indent=1).encode()

    def page(template: str, current: str, **facts: Any) -> Reply:
        html = templates.get_template(template).render(declared=declared, current=current, **facts)
        return Reply(html.encode(), media_type=HTML)

    @docs.operation(
        "GET",
        "/v1/openapi.json",
        access=Door.PUBLIC,
        zh="OpenAPI 文档",
        en="OpenAPI document",
        answer=JSON,
        hidden=True,
    )
    def openapi(call: Call) -> Reply:
        return Reply(document(), headers=_FRESH)

    @docs.operation("GET", "/v1/docs", access=Door.PUBLIC, zh="概览", en="Overview", answer=HTML, hidden=True)
    def overview(call: Call) -> Reply:
        return page("overview.html", "", scopes=declared.scopes, first=_first(declared))

    @docs.operation(
        "GET", "/v1/docs/<resource>", access=Door.PUBLIC, zh="资源", en="Resource", answer=HTML, hidden=True
    )
    def resource_page(call: Call) -> Reply:
        resource = next((one for one in declared.resources if one.name == call.path["resource"]), None)
        if resource is None:
            raise ApiError("no-route")
        shown = [_shown(declared, one) for one in resource.operations if not one.hidden]
        return page("resource.html", resource.name, resource=resource, shown=shown)

    @docs.operation("GET", "/v1/docs/assets/<file>", access=Door.PUBLIC, zh="样式", en="Style", answer=CSS, hidden=True)
    def asset(call: Call) -> Reply:
        if call.path["file"] not in _ASSETS:
            raise ApiError("no-route")
        return Reply(_asset(call.path["file"]), media_type=_ASSETS[call.path["file"]][1], headers=_FRESH)

    @docs.operation("GET", "/v1/errors", access=Door.PUBLIC, zh="错误码", en="Errors", answer=HTML, hidden=True)
    def errors(call: Call) -> Reply:
        return page("errors.html", "errors", entries=list(declared.entries.values()))

    @docs.operation("GET", "/v1/errors/<code>", access=Door.PUBLIC, zh="错误码", en="Error", answer=HTML, hidden=True)
    def error(call: Call) -> Reply:
        entry = declared.entries.get(call.path["code"]) if _NAME.fullmatch(call.path["code"]) else None
        if entry is None:
            raise ApiError("no-route")
        where = [one for one in declared.operations() if entry.code in declared.codes_of(one).get(entry.status, ())]
        return page("error.html", "errors", entry=entry, where=where, everywhere=len(where) > 5)

    return docs


@cache
def _asset(name: str) -> bytes:
    return _ASSETS[name][0].read_bytes()


def _first(declared: Declared) -> str:
    operation = next((one for one in declared.operations() if one.method == "GET" and not one.parameters), None)
    return curl_of(operation, declared.public_url) if operation is not None else ""


def _shown(declared: Declared, operation: Operation) -> ShownOperation:
    def rows(model: object, mode: str) -> list[SchemaRow]:
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            return []
        return rows_of(declared.schema_of(model, mode), declared.schemas)

    query = operation.query.model_json_schema() if operation.query is not None else {}
    return ShownOperation(
        operation=operation,
        anchor=operation.name.replace(".", "-"),
        path=operation.path.replace("<", "{").replace(">", "}"),
        access=str(operation.access),
        query=rows_of(query, query.get("$defs", {})),
        body=rows(operation.body, "validation"),
        raw_body=", ".join(operation.body.media_types) if isinstance(operation.body, Raw) else "",
        answer=rows(operation.answer, "serialization"),
        raw_answer=operation.answer.partition(";")[0] if isinstance(operation.answer, str) else "",
        curl=curl_of(operation, declared.public_url),
        answer_example=_pretty(operation.answer_example) if operation.answer_example is not None else "",
        problems=[declared.entries[code] for codes in declared.codes_of(operation).values() for code in codes],
    )


def curl_of(operation: Operation, public_url: str) -> str:
    """Return the call as a line for a shell; `$ESIGN_KEY` or `$ESIGN_SESSION` holds the credentials."""
    path = operation.path.replace("<", "$").replace(">", "")
    lines = [f'curl "{public_url}{path}"']
    if operation.method not in {"GET", "POST"} or (operation.method == "POST" and operation.body is None):
        lines.append(f"-X {operation.method}")
    if operation.access is not Door.PUBLIC:
        holder = "ESIGN_SESSION" if operation.access is Door.SESSION else "ESIGN_KEY"
        lines.append(f'-H "Authorization: Bearer ${holder}"')
    if operation.keeps_answers:
        lines.append('-H "Idempotency-Key: order-1"')
    if isinstance(operation.body, Raw):
        lines += [f'-H "Content-Type: {operation.body.media_types[0]}"', "--data-binary @file"]
    elif operation.body is not None:
        lines += ['-H "Content-Type: application/json"', f"-d {shlex.quote(_pretty(operation.example or {}))}"]
    if isinstance(operation.answer, str):
        lines.append("-o answer")
    return " \\\n  ".join(lines)


def _breakable(text: str) -> Markup:
    """Let a long name or path be broken at its joints."""
    return Markup("").join(Markup("{}<wbr>").format(part) for part in re.split(r"(?<=[/._\\]])", text))


def _marked(text: str) -> Markup:
    """Show what stands between backticks as code."""
    parts = text.split("`")
    code = Markup("<code>{}</code>")
    return Markup("").join(code.format(part) if number % 2 else escape(part) for number, part in enumerate(parts))


def _pretty(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
