"""Every route of the whole API, walked: who may call it, what it refuses and how, and no 500 whatever is sent."""

from __future__ import annotations

import pytest

from esign.api.operations import Operation, Raw
from esign.api.scopes import Door
from tests.integration.whole_api import *  # noqa: F403
from tests.integration.whole_api import EVERY_SCOPE, METRICS_TOKEN, WholeApi
from tests.unit.api.test_api_routes import GARBAGE_BODIES, GARBAGE_PATHS, METHODS

PROBLEM = "application/problem+json"
OTHER_TYPES = ("application/json", "image/jpeg", "application/pdf", "multipart/form-data; boundary=x", "%", "")


def path_of(api: WholeApi, operation: Operation, part: str | None = None) -> str:
    """Return the path with what exists in its places, or with the same part in all of them."""
    path = operation.path
    for name in operation.parameters:
        path = path.replace(f"<{name}>", api.known.get(name, "x") if part is None else part)
    return path


def token_of(api: WholeApi, operation: Operation) -> str | None:
    if operation.name == "health.metrics":
        return METRICS_TOKEN
    if operation.access is Door.SESSION:
        return api.session
    return None if isinstance(operation.access, Door) else api.key


def test_whoever_has_no_key_is_refused_wherever_one_is_needed(whole_api: WholeApi) -> None:
    closed = [one for one in whole_api.app.operations.values() if one.access is not Door.PUBLIC]
    assert len(closed) > 50
    for operation in closed:
        answer = whole_api.call(operation.method, path_of(whole_api, operation))
        told = (answer.status_code, answer.content_type, answer.get_json()["code"])
        assert told == (401, PROBLEM, "credentials-missing"), operation.name


def test_the_wrong_kind_of_credentials_is_refused_everywhere(whole_api: WholeApi) -> None:
    for operation in whole_api.app.operations.values():
        if operation.access is Door.PUBLIC:
            continue
        wrong = whole_api.key if isinstance(operation.access, Door) else whole_api.session
        answer = whole_api.call(operation.method, path_of(whole_api, operation), wrong)
        assert (answer.status_code, answer.content_type) == (401, PROBLEM), operation.name


def test_a_key_with_every_other_scope_is_refused(whole_api: WholeApi) -> None:
    keys = {scope: whole_api.key_for(*(set(EVERY_SCOPE) - {scope})) for scope in EVERY_SCOPE}
    for operation in whole_api.app.operations.values():
        if not isinstance(operation.access, Door):
            answer = whole_api.call(operation.method, path_of(whole_api, operation), keys[operation.access])
            told = (answer.status_code, answer.content_type, answer.get_json()["code"])
            assert told == (403, PROBLEM, "scope-missing"), operation.name


def test_a_method_that_a_path_does_not_have_is_refused(whole_api: WholeApi) -> None:
    by_path: dict[str, list[Operation]] = {}
    for operation in whole_api.app.operations.values():
        by_path.setdefault(operation.path, []).append(operation)
    for path, has in by_path.items():
        for method in METHODS - {operation.method for operation in has}:
            answer = whole_api.call(method, path_of(whole_api, has[0]), whole_api.key)
            assert (answer.status_code, answer.content_type) == (405, PROBLEM), (method, path)
            assert set(answer.headers["Allow"].split(", ")) >= {operation.method for operation in has}


def test_what_does_not_exist_is_a_404_with_a_problem(whole_api: WholeApi) -> None:
    tried = 0
    for operation in whole_api.app.operations.values():
        if not operation.parameters or operation.method != "GET":
            continue
        answer = whole_api.call("GET", path_of(whole_api, operation, "x"), token_of(whole_api, operation))
        assert answer.status_code in {401, 404, 422}, operation.name  # 401 where the part of the path is a secret
        assert answer.content_type == PROBLEM or operation.name.startswith("docs."), operation.name
        tried += 1
    assert tried > 15


@pytest.mark.parametrize("part", GARBAGE_PATHS)
def test_no_garbage_in_a_path_or_a_query_is_a_500(whole_api: WholeApi, part: str) -> None:
    for operation in whole_api.app.operations.values():
        answer = whole_api.call(
            operation.method,
            path_of(whole_api, operation, part),
            token_of(whole_api, operation),
            query_string=f"limit={part}&cursor={part}&%ff=%00",
        )
        assert answer.status_code < 500, (operation.name, part, answer.text)


def test_no_garbage_in_a_body_is_a_500(whole_api: WholeApi) -> None:
    tried = 0
    for operation in whole_api.app.operations.values():
        if operation.body is None:
            continue
        types = operation.body.media_types if isinstance(operation.body, Raw) else ("application/json",)
        for number, body in enumerate(GARBAGE_BODIES):
            for content_type in {*types, OTHER_TYPES[number % len(OTHER_TYPES)]}:
                answer = whole_api.call(
                    operation.method,
                    path_of(whole_api, operation),
                    token_of(whole_api, operation),
                    data=body,
                    content_type=content_type,
                )
                assert answer.status_code < 500, (operation.name, body, content_type, answer.text)
                assert answer.status_code < 300 or answer.content_type == PROBLEM
                tried += 1
    assert tried > 150
