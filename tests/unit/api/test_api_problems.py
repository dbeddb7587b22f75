from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import BadRequest
from werkzeug.test import Client

from ca.errors import AuthorityError, TrustServiceUnavailable
from esign.api.app import ApiApp, create_api, mount
from esign.api.catalogue import entries
from esign.api.errors import ApiError
from esign.api.material_words import MATERIAL_WORDS
from esign.api.own_words import OWN_WORDS
from esign.api.problems import problem_of
from esign.api.scopes import Scope
from esign.api.services import ApiServices
from esign.ceremony.domain import catalogue
from esign.ceremony.domain.refusal import broken, refusal
from esign.errors import DocumentRefused, EsignError, EvidenceError, FieldError, LevelNotReached
from esign.infra.database import open_database
from esign.infra.errors import BlobError, DatabaseError, KeyStoreError, RecordErased, SealedDataError
from esign.trail.errors import ConcurrentChange, TrailDamaged
from tests.unit.api.invented_api import PARTY, Acts, Caller, invented, token_of
from tests.written_logs import Written, logs_written

ROOT = Path(__file__).parents[3]
SECRET = "13800000009"


@pytest.fixture
def written() -> Iterator[Written]:
    with logs_written("info") as stream:
        yield stream


def error_of(kind: type[EsignError], code: str = "invented") -> EsignError:
    return kind(code, f"something about {SECRET}", "do this")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (refusal("no-envelope"), 404, "no-envelope"),
        (refusal("no-recipient"), 404, "no-recipient"),
        (refusal("not-your-turn"), 409, "not-your-turn"),
        (refusal("malformed-command"), 422, "malformed-command"),
        (refusal("too-many-codes"), 429, "too-many-codes"),
        (DocumentRefused("document-encrypted", "it is encrypted", "take it off"), 422, "document-encrypted"),
        (EvidenceError("photo-size", "it is large", "send less"), 422, "photo-size"),
        (FieldError("fields-overlap", "they overlap", "move one"), 422, "fields-overlap"),
        (EsignError("file-too-heavy", "it is heavy", "send less"), 422, "file-too-heavy"),
        (EsignError("quarantine-busy", "many wait", "try again"), 503, "workers-busy"),
        (ConcurrentChange("stream-changed", "it moved", "read again"), 409, "stream-changed"),
        (DatabaseError("database-busy", "it is busy", "try again"), 503, "database-busy"),
        (error_of(DatabaseError), 503, "database-unavailable"),
        (OperationalError("SELECT", {}, Exception(SECRET)), 503, "database-unavailable"),
        (BlobError("blob-store", "no answer", "try again"), 503, "storage-unavailable"),
        (TrustServiceUnavailable("tsa-down", SECRET, "wait"), 503, "trust-service-unavailable"),
        (error_of(RecordErased), 410, "record-erased"),
        (error_of(KeyStoreError), 500, "internal-error"),
        (error_of(SealedDataError), 500, "internal-error"),
        (error_of(TrailDamaged), 500, "internal-error"),
        (error_of(LevelNotReached), 500, "internal-error"),
        (error_of(EsignError), 500, "internal-error"),
        (AuthorityError("no-folder", SECRET, "make it"), 500, "internal-error"),
        (broken(SECRET), 500, "internal-error"),
        (ValueError(SECRET), 500, "internal-error"),
        (BadRequest(SECRET), 400, "bad-request"),
        (ApiError("cursor-refused"), 400, "cursor-refused"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_each_error_has_its_status(error: Exception, status: int, code: str) -> None:
    problem = problem_of(error)
    document = problem.document("https://sign.example", "0" * 32, "en")
    assert (problem.status, problem.code) == (status, code)
    assert SECRET not in str(document)
    assert document["type"] == f"https://sign.example/v1/errors/{code}"
    assert code in entries()
    assert status != 503 or problem.retry_after


def test_a_problem_is_whole(caller: Caller, acts: Acts) -> None:
    acts.fails = refusal("pages-unread", ["3", "4"])
    answer = caller.post("/v1/parties", json=PARTY, headers={"X-Request-Id": "a" * 32})
    assert answer.content_type == "application/problem+json"
    assert answer.get_json() == {
        "type": "https://sign.example/v1/errors/pages-unread",
        "title": "Pages have not been read",
        "status": 409,
        "detail": "Pages have not been read. Show every page.",
        "code": "pages-unread",
        "errors": [],
        "trace_id": "a" * 32,
        "about": ["3", "4"],
    }


def test_a_problem_is_told_in_the_callers_language(caller: Caller, acts: Acts) -> None:
    acts.fails = refusal("pages-unread")
    answer = caller.post("/v1/parties", json=PARTY, headers={"Accept-Language": "zh-CN,en;q=0.5"})
    assert answer.get_json()["detail"] == "还有未阅读的页面。请读完全部页面。"
    assert answer.headers["Content-Language"] == "zh-CN"


def test_an_unexpected_error_is_told_without_a_word_of_it_and_found_in_the_log(
    caller: Caller, acts: Acts, written: Written
) -> None:
    acts.fails = RuntimeError(f"about {SECRET}")
    answer = caller.post("/v1/parties", json=PARTY)
    told = answer.get_json()
    assert (answer.status_code, told["code"]) == (500, "internal-error")
    assert SECRET not in answer.text + written.getvalue()
    failed = next(line for line in written.lines if line["message"] == "operation failed")
    assert failed["request"] == told["trace_id"]
    assert failed["error"]["class"] == "RuntimeError"


def test_every_request_is_one_line_with_the_pattern_of_its_route(
    caller: Caller, stranger: Caller, written: Written
) -> None:
    caller.get("/v1/parties/pty_13800000009")
    stranger.get(f"/v1/{SECRET}")
    known, unknown = (line for line in written.lines if line["message"] == "request answered")
    assert (known["method"], known["route"], known["status"]) == ("GET", "/v1/parties/<party>", 200)
    assert known["client"].startswith("cli_")
    assert known["milliseconds"] >= 0
    assert (unknown["status"], unknown["code"]) == (404, "no-route")
    assert "route" not in unknown
    assert SECRET not in written.getvalue()


def test_a_request_id_goes_out_always_and_comes_in_only_in_its_form(stranger: Caller) -> None:
    given = [stranger.get("/healthz", headers={"X-Request-Id": text}) for text in ("b" * 32, "张伟".encode().hex()[:9])]
    assert given[0].headers["X-Request-Id"] == "b" * 32
    assert len(given[1].headers["X-Request-Id"]) == 32
    missing = stranger.get("/v1/nothing")
    assert missing.headers["X-Request-Id"] == missing.get_json()["trace_id"]


@pytest.mark.parametrize("path", ["/v1/nothing", "/healthz", "/v1/docs", "/v1/openapi.json"])
def test_every_answer_has_the_security_headers(stranger: Caller, path: str) -> None:
    headers = stranger.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Strict-Transport-Security"].startswith("max-age=")


def test_answers_with_data_are_not_stored_by_anybody(caller: Caller) -> None:
    assert caller.get("/v1/parties").headers["Cache-Control"] == "no-store"


def test_the_method_that_is_not_allowed_is_told_with_those_that_are(caller: Caller) -> None:
    answer = caller("DELETE", "/v1/parties")
    assert (answer.status_code, answer.get_json()["code"]) == (405, "method-not-allowed")
    assert answer.headers["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "credentials-missing"),
        ("", "credentials-missing"),
        ("Basic eDp5", "credentials-missing"),
        ("Bearer", "credentials-missing"),
        ("Bearer nonsense", "credentials-refused"),
        (f"Bearer esk_test_{'0' * 26}.{'x' * 43}", "credentials-refused"),
        (f"Bearer {'x' * 5000}", "credentials-refused"),
    ],
)
def test_a_request_without_good_credentials_is_refused(stranger: Caller, header: str | None, code: str) -> None:
    answer = stranger.get("/v1/parties", headers={} if header is None else {"Authorization": header})
    assert (answer.status_code, answer.get_json()["code"]) == (401, code)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_key_opens_no_ceremony_and_a_session_no_envelope(caller: Caller, stranger: Caller) -> None:
    assert caller.post("/v1/dance").get_json()["code"] == "session-refused"
    assert stranger.post("/v1/dance").get_json()["code"] == "credentials-missing"


def test_a_key_without_the_scope_is_refused(api: ApiApp, services: ApiServices) -> None:
    reader = Caller(api, token_of(services, Scope.ENVELOPES_READ))
    answer = reader.post("/v1/parties", json=PARTY)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "scope-missing")
    assert reader.get("/v1/parties").status_code == 200


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_database_that_does_not_answer_is_told_as_503(services: ApiServices, acts: Acts) -> None:
    gone = open_database("postgresql://nobody@127.0.0.1:1/none")
    api = create_api(replace(services, database=gone), [invented(services, acts)])
    answer = Caller(api, f"esk_test_{'0' * 26}.{'x' * 43}").get("/v1/parties")
    assert (answer.status_code, answer.get_json()["code"]) == (503, "database-unavailable")
    assert answer.headers["Retry-After"]
    gone.close()


def test_pieces_are_sent_one_by_one(caller: Caller) -> None:
    answer = caller.get("/v1/parties/pty_1/photo")
    assert (answer.data, answer.content_type) == (b"onetwo", "image/jpeg")


def test_what_is_not_the_apis_goes_to_the_pages(services: ApiServices) -> None:
    def pages(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/plain")])
        return [environ["PATH_INFO"].encode()]

    mounted = Client(mount(create_api(services), pages))
    assert mounted.get("/sign/abc").data == b"/sign/abc"
    assert mounted.get("/v1x").data == b"/v1x"
    assert mounted.get("/sign/abc").headers["X-Request-Id"]
    assert mounted.get("/v1/nothing").content_type == "application/problem+json"
    assert mounted.get("/healthz").get_json() == {"status": "ok", "failing": []}


def test_proxies_are_believed_only_as_far_as_is_set(services: ApiServices) -> None:
    seen: list[str] = []

    def pages(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        seen.append(environ["REMOTE_ADDR"])
        start("200 OK", [])
        return [b""]

    for proxies in (0, 1, 2):
        client = Client(mount(create_api(services), pages, trusted_proxies=proxies))
        client.get("/", headers={"X-Forwarded-For": "192.0.2.1, 192.0.2.2"}, environ_base={"REMOTE_ADDR": "127.0.0.1"})
    assert seen == ["127.0.0.1", "192.0.2.2", "192.0.2.1"]


def raised(*classes: str) -> set[str]:
    """Return the codes that the core gives to errors of these classes."""
    found: set[str] = set()
    for path in [*(ROOT / "esign" / "pades").rglob("*.py"), *(ROOT / "esign" / "evidence").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in classes and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add(first.value)
    return found


def test_every_reason_to_refuse_a_document_handwriting_or_photo_has_words() -> None:
    codes = raised("DocumentRefused", "Shortcoming")
    assert len(codes) > 25
    assert codes <= set(MATERIAL_WORDS)


def test_every_code_is_in_the_catalogue_once_in_both_languages() -> None:
    assert set(entries()) == {*OWN_WORDS, *MATERIAL_WORDS, *(words.code for words in catalogue())}
    for entry in entries().values():
        assert entry.zh.endswith("。")
        assert entry.en.endswith(".")
        assert entry.en.isascii()
        assert 400 <= entry.status <= 599
