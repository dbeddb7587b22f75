"""Every route that is registered, walked: scope, problems, and no 500 whatever is sent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Blueprint

from esign.api.app import ApiApp
from esign.api.call import Call, Reply
from esign.api.keys import Clients
from esign.api.operations import Operation, Resource
from esign.api.scopes import Door, Scope
from esign.api.services import ApiServices
from tests.unit.api.invented_api import Caller, token_of

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}
GARBAGE_PATHS = (
    "x",
    "../x",
    "%00",
    "%ff%fe",
    "'; DROP TABLE api_keys; --",
    "张伟",
    "x" * 500,
    "env_1\n",
    "%F0%9F%98%80",
)
GARBAGE_BODIES = (
    b"",
    b"null",
    b"[]",
    b"{}",
    b'"x"',
    b"\x00\xff",
    b"{" * 2000,
    b'{"name": 1, "scopes": {}, "people": "x"}',
    b'{"name": "\\u0000", "scopes": ["keys:read"]}',
    b'{"name": "a\\u2028b", "scopes": ["keys:read", "keys:read"]}',
    b'{"name": "  ", "scopes": ["keys:read"], "expires_at": "9999-12-31T23:59:59-23:00"}',
    b'{"name": "x", "scopes": ["keys:read"], "expires_at": "0001-01-01T00:00:00+23:00"}',
)


def operations(api: ApiApp) -> Iterator[Operation]:
    yield from api.operations.values()


def path_of(operation: Operation, part: str = "x") -> str:
    path = operation.path
    for name in operation.parameters:
        path = path.replace(f"<{name}>", part)
    return path


def test_every_route_is_a_declared_operation_with_a_scope_or_a_door(api: ApiApp) -> None:
    rules = list(api.url_map.iter_rules())
    assert len(rules) > 15
    for rule in rules:
        operation = api.operations[rule.endpoint]
        assert isinstance(operation.access, Scope | Door)
        assert operation.path == rule.rule
        assert (rule.methods or set()) - {"HEAD"} == {operation.method}


def test_an_endpoint_without_a_scope_cannot_be_registered(api: ApiApp) -> None:
    resource = Resource("loose", "无", "Loose")
    with pytest.raises(TypeError):
        resource.operation("GET", "/v1/loose", zh="无", en="None")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="has no scope"):
        resource.operation("GET", "/v1/loose", access="everything", zh="无", en="None")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="not a declared operation"):
        api.add_url_rule("/v1/loose", "loose", lambda: "x")
    with pytest.raises(TypeError, match="not a declared operation"):
        api.get("/v1/loose")(lambda: "x")
    blueprint = Blueprint("loose", __name__)
    blueprint.add_url_rule("/v1/loose", "loose", lambda: "x")
    with pytest.raises(TypeError, match="not a declared operation"):
        api.register_blueprint(blueprint)
    assert resource.operations == []


def test_what_everybody_may_call_cannot_keep_answers() -> None:
    with pytest.raises(ValueError, match="public"):
        Resource("open", "开", "Open").operation(
            "POST", "/v1/open", access=Door.PUBLIC, zh="开", en="Open", keeps_answers=True
        )


@pytest.mark.parametrize("path", ["v1/x", "/v1/", "/v1/X", "/v1/<int:n>", "/v1//x", "/v1/x?y"])
def test_a_path_has_a_form(path: str) -> None:
    with pytest.raises(ValueError, match="not a path"):
        Resource("odd", "怪", "Odd").operation("GET", path, access=Door.PUBLIC, zh="怪", en="Odd")


def test_two_operations_of_one_name_are_refused(services: ApiServices) -> None:
    def twice(call: Call) -> Reply:
        return Reply(status=204)

    resource = Resource("twice", "二", "Twice")
    for path in ("/v1/a", "/v1/b"):
        resource.operation("GET", path, access=Door.PUBLIC, zh="二", en="Twice")(twice)
    with pytest.raises(ValueError, match="two operations"):
        ApiApp(services, [resource])


def test_every_operation_that_is_not_public_refuses_whoever_has_no_key(api: ApiApp, stranger: Caller) -> None:
    closed = [operation for operation in operations(api) if operation.access is not Door.PUBLIC]
    assert len(closed) > 8
    for operation in closed:
        answer = stranger(operation.method, path_of(operation))
        assert answer.status_code == 401, operation.name
        assert answer.content_type == "application/problem+json"
        assert answer.get_json()["code"] == "credentials-missing"


def test_every_operation_with_a_scope_refuses_a_key_that_has_every_other(api: ApiApp, services: ApiServices) -> None:
    callers = {scope: Caller(api, token_of(services, *(set(Scope) - {scope}))) for scope in Scope}
    for operation in operations(api):
        if isinstance(operation.access, Scope):
            answer = callers[operation.access](operation.method, path_of(operation))
            assert (answer.status_code, answer.get_json()["code"]) == (403, "scope-missing"), operation.name


def test_every_path_refuses_every_method_that_it_does_not_have(api: ApiApp, stranger: Caller) -> None:
    by_path: dict[str, set[str]] = {}
    for operation in operations(api):
        by_path.setdefault(operation.path, set()).add(operation.method)
    for path, has in by_path.items():
        whole = path.replace("<", "").replace(">", "")
        for method in METHODS - has:
            answer = stranger(method, whole)
            assert answer.status_code == 405, (method, path)
            assert answer.content_type == "application/problem+json"
            assert has <= set(answer.headers["Allow"].split(", "))


def test_every_path_with_a_slash_behind_it_is_no_route(api: ApiApp, caller: Caller) -> None:
    for operation in operations(api):
        answer = caller(operation.method, f"{path_of(operation)}/")
        assert (answer.status_code, answer.get_json()["code"]) == (404, "no-route"), operation.name


@pytest.mark.parametrize("database", ["postgresql", "sqlite"], indirect=True)
def test_no_garbage_makes_a_500(api: ApiApp, services: ApiServices) -> None:
    with services.database.transaction() as session:
        clients = Clients()
        client = clients.create_client(session, "Garbage", "test", at=services.clock())
        tokens = [
            clients.create_key(session, client.id, "G", list(Scope), at=services.clock()).token.reveal()
            for _ in range(12)
        ]
    callers = [Caller(api, token) for token in tokens]
    tried = 0
    for operation in operations(api):
        if operation.name == "health.ready":  # tells by 503 that these tables have no migration
            continue
        for number, part in enumerate(GARBAGE_PATHS if operation.parameters else ("x",)):
            caller = callers[tried % len(callers)]
            answer = caller(operation.method, path_of(operation, part), query_string=f"limit={part}&%ff=%00")
            assert answer.status_code < 500, (operation.name, part)
            tried += 1
            for body in GARBAGE_BODIES if operation.body is not None and number == 0 else ():
                caller = callers[tried % len(callers)]
                for content_type in ("application/json", "image/jpeg", "multipart/form-data; boundary=x", "%"):
                    answer = caller(
                        operation.method, path_of(operation, "x"), data=body, content_type=content_type, key="g" * 9
                    )
                    assert answer.status_code < 500, (operation.name, body, content_type)
                tried += 1
    assert tried > 60
