from __future__ import annotations

import json
import re
import subprocess
from enum import StrEnum
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter
from schemathesis.openapi import from_dict

from esign.api.app import ApiApp, create_api, openapi_document
from esign.api.call import Call, Reply
from esign.api.catalogue import entries
from esign.api.docs import curl_of
from esign.api.operations import Resource
from esign.api.scopes import Door, Scope
from esign.api.services import ApiServices
from tests.unit.api.invented_api import Caller

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def document(api: ApiApp) -> dict[str, Any]:
    return json.loads(json.dumps(openapi_document(api)))


def described(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, told) for path, item in document["paths"].items() for method, told in item.items()]


def test_the_document_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    schema = from_dict(document)
    schema.validate()
    assert len(list(schema.get_all_operations())) == len(described(document))


def test_what_is_served_is_the_document(document: dict[str, Any], stranger: Caller) -> None:
    answer = stranger.get("/v1/openapi.json")
    assert (answer.content_type, answer.get_json()) == ("application/json", document)


def test_every_operation_that_is_not_hidden_is_described(api: ApiApp, document: dict[str, Any]) -> None:
    shown = {(o.path.replace("<", "{").replace(">", "}"), o.method.lower()) for o in api.declared.operations()}
    assert {(path, method) for path, method, _ in described(document)} == shown
    assert len(shown) > 8


def test_every_operation_names_its_scope_its_problems_and_an_answer(document: dict[str, Any]) -> None:
    for path, method, told in described(document):
        responses = told["responses"]
        assert {"400", "429", "500", "503"} <= set(responses), path
        assert told["security"] or told["operationId"].endswith("knock")
        assert all({"401"} <= set(responses) for _ in told["security"])
        for status, response in responses.items():
            if status >= "400":
                (content,) = response["content"].items()
                assert content[0] == "application/problem+json"
                assert content[1]["example"]["status"] == int(status)
                assert content[1]["example"]["code"] in entries()
        assert any(status < "300" for status in responses), (path, method)


def test_scopes_are_the_roles_of_the_security_scheme(document: dict[str, Any]) -> None:
    assert document["paths"]["/v1/keys"]["post"]["security"] == [{"apiKey": [Scope.KEYS_WRITE.value]}]
    assert document["paths"]["/v1/dance"]["post"]["security"] == [{"ceremonySession": []}]


def test_the_idempotency_key_is_described_where_it_is_heeded(document: dict[str, Any]) -> None:
    for path, method, told in described(document):
        heeded = any(parameter["name"] == "Idempotency-Key" for parameter in told["parameters"])
        assert heeded == (method == "post" and path != "/v1/knock"), path


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    references = re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document))
    assert references
    for reference in set(references):
        node = document
        for part in reference.split("/"):
            node = node[part]


def test_examples_are_what_is_described(api: ApiApp) -> None:
    for operation in api.declared.operations():
        if isinstance(operation.body, type) and operation.example is not None:
            operation.body.model_validate_json(json.dumps(operation.example))
        if isinstance(operation.answer, type) and operation.answer_example is not None:
            TypeAdapter(operation.answer).validate_python(operation.answer_example)


def test_a_problem_that_is_in_no_catalogue_cannot_be_declared(services: ApiServices) -> None:
    resource = Resource("odd", "怪", "Odd")

    @resource.operation("GET", "/v1/odd", access=Door.PUBLIC, zh="怪", en="Odd", problems=("no-such-code",))
    def odd(call: Call) -> Reply:
        return Reply(status=204)

    with pytest.raises(ValueError, match="no-such-code"):
        create_api(services, [resource])


def test_a_curl_line_is_what_a_shell_takes(api: ApiApp) -> None:
    for operation in api.declared.operations():
        line = curl_of(operation, "https://sign.example")
        shown = subprocess.run(
            ["bash", "-c", f"curl() {{ printf '%s\\n' \"$@\"; }}; {line}"], capture_output=True, text=True, check=True
        )
        assert shown.stdout.startswith("https://sign.example/v1/"), line


def test_pages_of_the_docs_need_nothing_from_elsewhere_and_no_script(api: ApiApp, stranger: Caller) -> None:
    pages = ["/v1/docs", "/v1/errors", "/v1/errors/no-envelope", *(f"/v1/docs/{r.name}" for r in api.resources)]
    seen: set[str] = set()
    for path in pages:
        answer = stranger.get(path)
        assert (answer.status_code, answer.content_type) == (200, "text/html; charset=utf-8"), path
        assert "<script" not in answer.text
        assert " style=" not in answer.text
        seen |= set(re.findall(r'(?:href|src)="([^"]*)"', answer.text))
    mark = "/v1/docs/assets/mark.svg"
    assert mark in seen, "browsers ask for one in vain where no page names it"
    assert stranger.get(mark).content_type.startswith("image/svg+xml")
    for link in seen:
        assert link.startswith(("/v1/", "#")), link
        if link.startswith("/v1/"):
            assert stranger.get(link.partition("#")[0]).status_code == 200, link


def test_style_sheets_name_no_address(stranger: Caller) -> None:
    for style in ("tokens.css", "docs.css"):
        answer = stranger.get(f"/v1/docs/assets/{style}")
        assert answer.content_type == "text/css; charset=utf-8"
        assert "url(" not in answer.text
        assert "@import" not in answer.text
    assert stranger.get("/v1/docs/assets/layout.html").status_code == 404


def test_every_operation_has_its_place_on_a_page(api: ApiApp, stranger: Caller) -> None:
    for resource in api.resources:
        html = stranger.get(f"/v1/docs/{resource.name}").text
        for operation in resource.operations:
            assert f'id="{operation.name.replace(".", "-")}"' in html
            assert operation.zh in html
            assert "curl" in html


def test_every_code_has_its_page_in_both_languages(stranger: Caller) -> None:
    listing = stranger.get("/v1/errors").text
    for number, (code, entry) in enumerate(entries().items()):
        assert f"/v1/errors/{code}" in listing
        if number % 10 == 0:
            page = stranger.get(f"/v1/errors/{code}").text
            assert entry.zh in page
    assert stranger.get("/v1/errors/no-such-code").status_code == 404
    assert stranger.get("/v1/docs/no-such-resource").status_code == 404


def test_words_of_the_declarations_are_escaped(services: ApiServices) -> None:
    resource = Resource("odd", "<q>", "<i>", "`<u>` and <s>")

    @resource.operation("GET", "/v1/odd", access=Door.PUBLIC, zh="<q>", en="<i>", about="`<u>` and <s>")
    def odd(call: Call) -> Reply:
        return Reply(status=204)

    html = Caller(create_api(services, [resource]), None).get("/v1/docs/odd").text
    assert not re.search(r"<[qisu]>", html)
    assert "<code>&lt;u&gt;</code> and &lt;s&gt;" in html


class Tone(StrEnum):
    """How loud. `HALF_LOUD` is heard next door (see `esign.api.tone`); `NOBODY` hears what is `QUIET`."""

    HALF_LOUD = "half-loud"
    QUIET = "quiet"


class Played(BaseModel):
    """What was played, and where."""

    tone: Tone


def test_a_choice_is_described_by_its_values_and_not_by_the_names_that_the_code_has(services: ApiServices) -> None:
    document = json.loads(json.dumps(openapi_document(create_api(services, [playing()]))))
    schema = document["components"]["schemas"]["Tone"]
    assert schema["enum"] == ["half-loud", "quiet"]
    assert schema["description"] == "How loud. `half-loud` is heard next door; `NOBODY` hears what is `quiet`."


def playing() -> Resource:
    resource = Resource("plays", "演奏", "Plays")

    @resource.operation("GET", "/v1/plays", access=Door.PUBLIC, zh="演奏", en="Play", answer=Played)
    def play(call: Call) -> Reply:
        return Reply(Played(tone=Tone.QUIET))

    return resource
