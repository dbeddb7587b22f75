"""schemathesis over the whole API: what the OpenAPI document says is what the service does, whatever is sent."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.openapi import from_wsgi
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.integration.whole_api import *  # noqa: F403
from tests.integration.whole_api import WholeApi

FRESH: Final = os.environ.get("ESIGN_TEST_PROFILE") == "fresh-examples"
EXAMPLES: Final = 60 if FRESH else 3
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ENDING: Final = ("decline", "void", "clock", "replace")
"""Operations after which little more can be asked of an envelope: they come last."""


def operations(api: WholeApi) -> Iterator[Any]:
    schema = from_wsgi("/v1/openapi.json", api.wsgi)
    found = [result.ok() for result in schema.get_all_operations()]
    assert len(found) > 50
    yield from sorted(found, key=lambda one: (one.method != "get", one.path.endswith(ENDING)))


def token_for(api: WholeApi, operation: Any, turn: int) -> str | None:
    schemes = [name for choice in operation.definition.raw["security"] for name in choice]
    tokens = {"apiKey": api.keys[turn % len(api.keys)], "ceremonySession": api.session}
    return tokens.get(schemes[0]) if schemes else None


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_one_that_the_document_tells_of_and_none_is_a_500(
    whole_api: WholeApi, mode: GenerationMode
) -> None:
    statuses: dict[str, set[int]] = {}
    for operation in operations(whole_api):
        seen = statuses[f"{operation.method} {operation.path}"] = set()
        _try(whole_api, operation, mode, seen)
    if mode is GenerationMode.POSITIVE:
        done = [name for name, seen in statuses.items() if any(status < 300 for status in seen)]
        assert len(done) > 35, statuses


def _try(api: WholeApi, operation: Any, mode: GenerationMode, seen: set[int]) -> None:
    turns = itertools.count()

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=not FRESH,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Case) -> None:
        turn = next(turns)
        known = (api.completed, api.known, {})[turn % 3]  # what exists, and what was made up
        for name in set(case.path_parameters) & set(known):
            case.path_parameters[name] = known[name]
        if known and "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = f"turn-{operation.label}-{turn}".replace(" ", "")
        token = token_for(api, operation, turn)
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        answer = case.call(headers=headers)
        seen.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    ask()
