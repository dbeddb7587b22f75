"""The OpenAPI 3.1 document, out of the declarations: nothing is described that is not served, and the other way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from http import HTTPStatus
from typing import Any, Final, cast

from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema

from esign.api.catalogue import entries_with
from esign.api.operations import Operation, Raw, Resource, media_types
from esign.api.problems import PROBLEM_JSON
from esign.api.rates import RateLimits
from esign.api.room_codes import NO_CODES, RoomCodes
from esign.api.scopes import Door, ScopeWords, scope_words
from esign.infra.database import JsonValue

OPENAPI: Final = "3.1.1"
VERSION: Final = "1"
_KEY, _SESSION = "apiKey", "ceremonySession"
_PREFIX: Final = "#/components/schemas/"
_NAME: Final = re.compile(r"`([A-Z_]+)`")
_IN_CODE: Final = re.compile(r" \(see `[a-z_.]+`\)")
JsonObject = dict[str, JsonValue]
References = Mapping[tuple[type[BaseModel], str], JsonObject]
Schemas = Mapping[str, Mapping[str, Any]]


class ProblemIssue(BaseModel):
    """What is wrong at one place of the request."""

    pointer: str = Field(description="JSON pointer into the body, or ?name for a parameter of the query.")
    message: str


class ProblemDocument(BaseModel):
    """A problem (RFC 9457). Decide by `code`; texts may change."""

    type: str = Field(description="The page about this code.")
    title: str
    status: int
    detail: str = Field(description="What is the matter and what to do, in the language of Accept-Language.")
    code: str
    errors: list[ProblemIssue]
    trace_id: str = Field(description="The request's id, to be told to the operator.")
    about: list[str] = Field([], description="Ids, codes or page numbers that it is about.")


class Declared:
    """Everything that is declared, as the document and its pages need it.

    The schemas are made when something is described for the first time: most processes never describe anything.
    Raises `ValueError` for a problem code that the error catalogue does not have, or a scope of a room without words.
    """

    def __init__(
        self,
        resources: Sequence[Resource],
        public_url: str,
        limits: RateLimits,
        *,
        codes: RoomCodes = NO_CODES,
        scopes: ScopeWords | None = None,
    ) -> None:
        """`codes` and `scopes` are those of rooms, beside the service's own."""
        self.resources = tuple(resources)
        self.public_url = public_url
        self.limits = limits
        self.entries = entries_with(codes)
        self.scopes = scope_words(scopes or {})
        for operation in self.operations():
            if unknown := set(operation.problems) - set(self.entries):
                raise ValueError(f"{operation.name} names problems that are in no catalogue: {sorted(unknown)}")
            if not isinstance(operation.access, Door) and operation.access not in self.scopes:
                raise ValueError(f"{operation.name} asks for a scope that has no words: {operation.access}")

    @property
    def schemas(self) -> Schemas:
        """The schemas of all models, by name."""
        return self._described[1]

    @cached_property
    def _described(self) -> tuple[References, Schemas]:
        return _schemas(self.operations())

    def operations(self) -> Iterator[Operation]:
        """Yield the operations that the document shows."""
        for resource in self.resources:
            yield from (operation for operation in resource.operations if not operation.hidden)

    def schema_of(self, model: type[BaseModel], mode: str) -> JsonObject:
        """Return the reference to a model's schema; `mode` is `validation` for what comes in, else `serialization`."""
        return dict(self._described[0][model, mode])

    def codes_of(self, operation: Operation) -> dict[int, list[str]]:
        """Return the codes that an operation may answer with, by status."""
        codes = [*_general_codes(operation), *operation.problems]
        by_status: dict[int, list[str]] = {}
        for code in sorted(set(codes)):
            by_status.setdefault(self.entries[code].status, []).append(code)
        return dict(sorted(by_status.items()))

    def document(self) -> JsonObject:
        """Return the document."""
        paths: dict[str, JsonObject] = {}
        for resource in self.resources:
            for operation in resource.operations:
                if not operation.hidden:
                    path = operation.path.replace("<", "{").replace(">", "}")
                    paths.setdefault(path, {})[operation.method.lower()] = self._operation(resource, operation)
        return {
            "openapi": OPENAPI,
            "info": {
                "title": "esign",
                "version": VERSION,
                "description": "Electronic signatures for an insurer: envelopes in, one sealed PDF out.",
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "servers": [{"url": self.public_url}],
            "externalDocs": {"url": f"{self.public_url}/v1/docs", "description": "The same for people"},
            "tags": [
                {"name": resource.name, "description": f"{resource.zh} · {resource.en}. {resource.about}".strip()}
                for resource in self.resources
            ],
            "paths": paths,
            "components": {
                "schemas": cast(JsonValue, self.schemas),
                "securitySchemes": {
                    _KEY: {
                        "type": "http",
                        "scheme": "bearer",
                        "bearerFormat": "esk_test_... or esk_live_...",
                        "description": "Scopes: "
                        + "; ".join(f"{scope} ({words[1]})" for scope, words in self.scopes.items()),
                    },
                    _SESSION: {
                        "type": "http",
                        "scheme": "bearer",
                        "description": "The token of a ceremony's session, had for a one-time code.",
                    },
                },
                "headers": _headers(),
            },
        }

    def _operation(self, resource: Resource, operation: Operation) -> JsonObject:
        told: JsonObject = {
            "operationId": operation.name.replace(".", "_"),
            "tags": [resource.name],
            "summary": f"{operation.zh} · {operation.en}",
            "description": operation.about,
            "security": _security(operation),
            "parameters": [*_path_parameters(operation), *self._query(operation), *_idempotency(operation)],
            "responses": {
                **{str(status): self._success(operation, status) for status in _statuses(operation)},
                **{str(s): self._problems(s, codes) for s, codes in self.codes_of(operation).items()},
            },
        }
        if operation.body is not None:
            told["requestBody"] = {"required": True, "content": self._content(operation)}
        return told

    def _content(self, operation: Operation) -> JsonObject:
        content: JsonObject = {}
        for media_type, model in media_types(operation.body or Raw(())).items():
            if model is None:
                content[media_type] = {"schema": {"type": "string", "format": "binary"}}
            else:
                example = {} if operation.example is None else {"example": operation.example}
                content[media_type] = {"schema": self.schema_of(model, "validation"), **example}
        return content

    def _query(self, operation: Operation) -> Iterator[JsonObject]:
        if operation.query is None:
            return
        schema = operation.query.model_json_schema(ref_template=f"{_PREFIX}{{model}}")
        required = schema.get("required", [])
        for name, member in schema["properties"].items():
            description = member.pop("description", "")
            yield {
                "name": name,
                "in": "query",
                "required": name in required,
                "description": description,
                "schema": _without_null(member),
            }

    def _success(self, operation: Operation, status: int) -> JsonObject:
        told: JsonObject = {
            "description": HTTPStatus(status).phrase,
            "headers": _header_references(operation),
        }
        if isinstance(operation.answer, str):
            media_type = operation.answer.partition(";")[0]
            is_json = media_type == "application/json"
            schema: JsonObject = {"type": "object"} if is_json else {"type": "string", "format": "binary"}
            told["content"] = {media_type: {"schema": schema}}
        elif operation.answer is not None:
            example = {} if operation.answer_example is None else {"example": operation.answer_example}
            schema = self.schema_of(operation.answer, "serialization")
            told["content"] = {"application/json": {"schema": schema, **example}}
        return told

    def _problems(self, status: int, codes: Sequence[str]) -> JsonObject:
        first = self.entries[codes[0]]
        example: JsonObject = {
            "type": f"{self.public_url}/v1/errors/{first.code}",
            "title": first.en.partition(". ")[0],
            "status": status,
            "detail": first.en,
            "code": first.code,
            "errors": [],
            "trace_id": "0f6c1d9a4b7e42d88a53c2e1907f6b35",
        }
        return {
            "description": f"{HTTPStatus(status).phrase}: {', '.join(codes)}",
            "content": {PROBLEM_JSON: {"schema": self.schema_of(ProblemDocument, "serialization"), "example": example}},
        }


def _statuses(operation: Operation) -> Iterator[int]:
    """Yield the statuses of success."""
    yield operation.status
    if operation.status_if_there is not None:
        yield operation.status_if_there


def _general_codes(operation: Operation) -> Iterator[str]:
    """Yield what any operation of this kind may answer, whatever it does."""
    yield from ("internal-error", "database-unavailable", "bad-request")
    if operation.limited:
        yield "too-many-requests"
    if not isinstance(operation.access, Door):
        yield from ("credentials-missing", "credentials-refused", "scope-missing", "mode-refused")
    elif operation.access is Door.SESSION:
        yield from ("credentials-missing", "session-refused")
    if operation.parameters:
        yield "no-route"
    if operation.method != "GET":
        yield from ("body-too-large", "media-type-unsupported")
    if operation.body is not None and not isinstance(operation.body, Raw):
        yield from ("json-malformed", "request-invalid")
    if operation.query is not None:
        yield "request-invalid"
    if operation.keeps_answers:
        yield from ("idempotency-key-form", "idempotency-key-reused", "request-running")


def _schemas(operations: Iterator[Operation]) -> tuple[References, Schemas]:
    wanted: dict[tuple[type[BaseModel], str], None] = {(ProblemDocument, "serialization"): None}
    for operation in operations:
        for model in media_types(operation.body or Raw(())).values():
            if model is not None:
                wanted[model, "validation"] = None
        if isinstance(operation.answer, type):
            wanted[operation.answer, "serialization"] = None
    references, whole = models_json_schema(cast(Any, list(wanted)), ref_template=f"{_PREFIX}{{model}}")
    return cast(Any, references), {name: _told_by_value(schema) for name, schema in whole.get("$defs", {}).items()}


def _told_by_value(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema of a choice with its values in the description, where the code has its own names for them."""
    if "enum" not in schema or "description" not in schema:
        return schema
    by_name = {str(value).replace("-", "_").replace(":", "_").upper(): value for value in schema["enum"]}

    def value(found: re.Match[str]) -> str:
        return f"`{by_name.get(found[1], found[1])}`"

    described = _IN_CODE.sub("", str(schema["description"]))
    return {**schema, "description": _NAME.sub(value, described)}


def _security(operation: Operation) -> JsonValue:
    if not isinstance(operation.access, Door):
        return [{_KEY: [str(operation.access)]}]
    return [{_SESSION: []}] if operation.access is Door.SESSION else []


def _path_parameters(operation: Operation) -> Iterator[JsonObject]:
    for name in operation.parameters:
        schema: JsonObject = {"type": "string", "minLength": 1, "maxLength": 160}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _idempotency(operation: Operation) -> Iterator[JsonObject]:
    if operation.keeps_answers:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "The same key with the same request gives the first answer again, for 24 hours.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
            "example": "6f1c8b1e-3a52-4e0e-9a54-0f2f6d1c7b90",
        }


def _headers() -> JsonObject:
    texts = {
        "X-Request-Id": "The request's id: the caller's own if it is 32 hexadecimal digits, else a fresh one.",
        "RateLimit": "How many requests are left until the window ends (draft-ietf-httpapi-ratelimit-headers).",
        "RateLimit-Policy": "How many requests a window allows.",
        "Idempotency-Replayed": "`true` if this is the first answer again.",
    }
    return {name: {"description": text, "schema": {"type": "string"}} for name, text in texts.items()}


def _header_references(operation: Operation) -> JsonObject:
    names = ["X-Request-Id"]
    if operation.limited:
        names += ["RateLimit", "RateLimit-Policy"]
    if operation.keeps_answers:
        names.append("Idempotency-Replayed")
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _without_null(member: JsonObject) -> JsonObject:
    """A parameter is left out rather than null."""
    choices = member.pop("anyOf", None)
    if isinstance(choices, list):
        first = next(choice for choice in choices if isinstance(choice, dict) and choice.get("type") != "null")
        member = {**member, **first}
    if member.get("default", ...) is None:
        member.pop("default")
    return member
