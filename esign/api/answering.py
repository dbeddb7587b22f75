"""How one request is answered: who calls, may they, how often, is it well-formed, was it answered before; then run."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

from flask import Response, g, request
from pydantic import BaseModel
from sqlalchemy.orm import Session

from esign.api.authentication import Authentication, VerifiedKeys, require_scope
from esign.api.call import Call, Caller, ClientCaller, EncodedAnswer, RecipientCaller, Reply, encode
from esign.api.errors import ApiError
from esign.api.idempotency import FirstAnswers, Taken, request_digest
from esign.api.json_body import read_body, read_query
from esign.api.keys import Clients
from esign.api.operations import Operation, Raw, media_types
from esign.api.problems import Language, Problem, problem_of
from esign.api.rates import Rates, address_subject
from esign.api.scopes import Door
from esign.api.services import ApiServices
from esign.ceremony.tokens import Tokens
from esign.infra.logs import current_request, log_for
from esign.infra.personal_records import DataKeys

IDEMPOTENCY_KEY: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
_UNREAD_AT_MOST: Final = 64 * 1024
_log = log_for(__name__)


class Answering:
    """Answers declared operations."""

    def __init__(self, services: ApiServices) -> None:
        self._services = services
        verified = VerifiedKeys(services.database, Clients(services.scopes), services.clock)
        self._authentication = Authentication(verified, Tokens(services.keys), services.mode)
        self.answers = FirstAnswers(services.database, DataKeys(services.keys), services.clock)
        self.rates = Rates(services.database, services.clock)

    def answer(self, operation: Operation, path: Mapping[str, str]) -> Response:
        """Return the answer. Raises what went wrong before the operation ran, to be told by the error handler."""
        if not all(_is_plain(part) for part in path.values()):
            raise ApiError("no-route")
        caller = self._admit(operation)
        raw = self._read(operation)
        body = self._body(operation, raw)
        query = read_query(operation.query, request.args.items(multi=True)) if operation.query is not None else None
        taken = self._take(operation, caller, raw)
        if isinstance(taken, EncodedAnswer):
            if operation.admit is not None and isinstance(caller, RecipientCaller):
                operation.admit(caller)
            return respond(taken, {REPLAYED: "true"})
        kept: list[EncodedAnswer] = []

        def keep(session: Session, answer: EncodedAnswer) -> None:
            if taken is not None:
                self.answers.keep(session, taken, answer)
                kept.append(answer)

        call = Call(
            caller=caller,
            now=self._services.clock(),
            path=path,
            address=request.remote_addr or "",
            agent=request.headers.get("User-Agent", "")[:300],
            language=self.language(),
            given_query=query,
            given_body=body,
            keep_answer=keep if taken is not None else None,
        )
        return self._run(operation, call, taken, kept)

    def language(self) -> Language:
        """Return the language of texts for people: what the caller accepts, else English."""
        if "Accept-Language" not in request.headers:
            return "en"
        best = request.accept_languages.best_match(["en", "zh-CN", "zh-Hans", "zh"])
        return "zh" if best is not None and best.startswith("zh") else "en"

    def _run(self, operation: Operation, call: Call, taken: Taken | None, kept: list[EncodedAnswer]) -> Response:
        try:
            reply = operation.run(call)
            if taken is None and not isinstance(reply.content, BaseModel | bytes | None):
                return _in_pieces(reply)
            answer, problem = encode(reply), None
        except Exception as error:  # noqa: BLE001  # whatever it is, the key must be freed or the answer kept
            problem = problem_of(error, self._services.codes)
            answer = self._told(problem, error)
        if taken is not None and not (kept and kept[-1] == answer):
            self._settle(operation, taken, answer, problem)
        return respond(answer, code=problem.code if problem is not None else None)

    def _told(self, problem: Problem, error: Exception) -> EncodedAnswer:
        if problem.hidden:
            _log.failed("operation failed", error, code=problem.code, status=problem.status)
        return problem.encode(self._services.public_url, current_request() or "", self.language())

    def _settle(self, operation: Operation, taken: Taken, answer: EncodedAnswer, problem: Problem | None) -> None:
        """Keep the answer, or free the key. What was done is done: if this fails, the answer goes out all the same."""
        try:
            if problem is not None and not _is_kept(operation, problem):
                self.answers.give_up(taken)
                return
            with self._services.database.transaction() as session:
                self.answers.keep(session, taken, answer)
        except Exception as error:  # noqa: BLE001  # logged; the key stays taken for a minute
            _log.failed("answer not kept", error)

    def _admit(self, operation: Operation) -> Caller | None:
        """Return who calls, after rates and scope. Raises `ApiError`."""
        limits, address = self._services.limits, request.remote_addr or ""
        try:
            caller = self._authentication.caller(operation.access, request.headers.get("Authorization"))
        except ApiError as error:
            if error.words.status == 401:
                self.rates.require(limits.refused, address_subject(self._services.keys, address))
            raise
        if isinstance(caller, ClientCaller):
            g.client = caller.client
        if operation.limited:
            if isinstance(caller, ClientCaller):
                standing = self.rates.require(limits.key, caller.key)
            else:
                standing = self.rates.require(limits.address, address_subject(self._services.keys, address))
                if isinstance(caller, RecipientCaller):
                    standing = self.rates.require(limits.recipient, caller.recipient)
            g.standing_headers = standing.headers
        require_scope(caller, operation.access)
        return caller

    def _read(self, operation: Operation) -> bytes:
        """Return the body's bytes, under the operation's limit."""
        wanted = operation.body is not None
        request.max_content_length = operation.bytes_at_most if wanted else _UNREAD_AT_MOST
        if wanted and request.mimetype not in media_types(operation.body or Raw(())):
            raise ApiError("media-type-unsupported")
        if request.mimetype_params.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
            raise ApiError("media-type-unsupported")
        return request.get_data(cache=False) if operation.method != "GET" else b""

    def _body(self, operation: Operation, raw: bytes) -> BaseModel | bytes | None:
        if operation.body is None:
            return None
        return raw if isinstance(operation.body, Raw) else read_body(operation.body, raw)

    def _take(self, operation: Operation, caller: Caller | None, raw: bytes) -> Taken | EncodedAnswer | None:
        key = request.headers.get(IDEMPOTENCY_KEY)
        if key is None or not operation.keeps_answers or caller is None:
            return None
        owner = caller.client if isinstance(caller, ClientCaller) else caller.recipient
        target = request.full_path if request.query_string else request.path
        api_key = caller.key if isinstance(caller, ClientCaller) else ""
        return self.answers.begin(owner, key, request_digest(request.method, target, raw, api_key))


def time_taken() -> float:
    """Return seconds on a clock that only measures."""
    return time.perf_counter()


def respond(answer: EncodedAnswer, more: Mapping[str, str] | None = None, *, code: str | None = None) -> Response:
    """Return the answer as an HTTP response."""
    g.code = code
    response = Response(answer.body, answer.status, content_type=answer.media_type)
    if answer.status == 204:
        del response.headers["Content-Type"]
    for name, value in {**answer.headers, **(more or {})}.items():
        response.headers[name] = value
    if request.method == "GET" and "ETag" in answer.headers:
        response.make_conditional(request)
    return response


def _in_pieces(reply: Reply) -> Response:
    if isinstance(reply.content, BaseModel | bytes | None):
        raise TypeError("this answer is whole")
    return Response(reply.content, reply.status, headers=dict(reply.headers), content_type=reply.media_type)


def _is_kept(operation: Operation, problem: Problem) -> bool:
    """Whether the same request would be refused so again. In a ceremony, time or the next step heals many refusals."""
    healed = operation.access is Door.SESSION and problem.status in {401, 403, 409}
    return problem.is_final and not healed


def _is_plain(part: str) -> bool:
    """Whether a part of the path can be an id or a name of ours at all; databases refuse some of the rest."""
    return 0 < len(part) <= 160 and part.isascii() and part.isprintable()
