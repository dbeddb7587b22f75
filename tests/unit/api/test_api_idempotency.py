from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from esign.api.app import ApiApp
from esign.api.call import EncodedAnswer
from esign.api.errors import ApiError
from esign.api.idempotency import FirstAnswers, Taken, request_digest
from esign.api.models import FirstAnswer
from esign.api.scopes import Scope
from esign.api.services import ApiServices
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.tokens import Tokens
from esign.errors import EsignError
from esign.infra.database import Database
from esign.infra.keystore import FileKeyStore
from esign.infra.models import DataKey
from esign.infra.personal_records import DataKeys
from esign.trail.errors import ConcurrentChange
from tests.unit.api.invented_api import PARTY, Acts, Caller, Moment, token_of

REQUEST = request_digest("POST", "/v1/parties", b"{}")
ANSWER = EncodedAnswer(201, "application/json", {"Location": "/v1/parties/pty_1"}, '{"name":"叶小禾"}'.encode())


@pytest.fixture
def answers(database: Database, keys: FileKeyStore, moment: Moment) -> FirstAnswers:
    return FirstAnswers(database, DataKeys(keys), moment)


def begun(answers: FirstAnswers, key: str = "a", request: bytes = REQUEST) -> Taken:
    taken = answers.begin("cli_1", key, request)
    assert isinstance(taken, Taken)
    return taken


def test_the_same_request_gets_the_first_answer_again(caller: Caller, acts: Acts) -> None:
    first = caller.post("/v1/parties", json=PARTY, key="order-1")
    again = caller.post("/v1/parties", json=PARTY, key="order-1")
    assert (first.status_code, first.data, acts.done) == (201, again.data, 1)
    assert (again.status_code, again.headers["Location"]) == (201, first.headers["Location"])
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"


def test_without_a_key_a_request_is_worked_on_each_time(caller: Caller, acts: Acts) -> None:
    assert [caller.post("/v1/parties", json=PARTY).get_json()["count"] for _ in range(2)] == [1, 2]


def test_another_body_or_path_under_the_same_key_is_refused(caller: Caller, acts: Acts) -> None:
    caller.post("/v1/parties", json=PARTY, key="order-1")
    for path, given in (("/v1/parties", {"json": {**PARTY, "number": 2}}), ("/v1/parties/pty_1/kept", {})):
        answer = caller.post(path, key="order-1", **given)
        assert (answer.status_code, answer.get_json()["code"]) == (422, "idempotency-key-reused")
    assert acts.done == 1


def test_two_clients_may_use_the_same_key(api: ApiApp, services: ApiServices, caller: Caller, acts: Acts) -> None:
    other = Caller(api, token_of(services))
    assert [one.post("/v1/parties", json=PARTY, key="1").get_json()["count"] for one in (caller, other)] == [1, 2]


def test_a_request_that_is_still_running_is_not_begun_again(caller: Caller, acts: Acts) -> None:
    seen: list[tuple[int, str]] = []

    def meanwhile() -> None:
        acts.during = None
        answer = caller.post("/v1/parties", json=PARTY, key="order-1")
        seen.append((answer.status_code, answer.get_json()["code"]))

    acts.during = meanwhile
    assert caller.post("/v1/parties", json=PARTY, key="order-1").status_code == 201
    assert seen == [(409, "request-running")]


def test_eight_repetitions_at_once_are_worked_on_once(caller: Caller, acts: Acts) -> None:
    statuses: list[int] = []

    def send() -> None:
        statuses.append(caller.post("/v1/parties", json=PARTY, key="order-1").status_code)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert acts.done == 1
    assert set(statuses) <= {201, 409}


def test_after_a_crash_the_key_can_be_used_again_in_a_minute(answers: FirstAnswers, moment: Moment) -> None:
    lost = begun(answers)
    moment.pass_by(seconds=59)
    with pytest.raises(ApiError) as caught:
        begun(answers)
    assert (caught.value.code, caught.value.retry_after) == ("request-running", 1)
    moment.pass_by(seconds=1)
    assert begun(answers).begun_at > lost.begun_at


def test_whoever_lost_the_key_rolls_back(answers: FirstAnswers, database: Database, moment: Moment) -> None:
    slow = begun(answers)
    moment.pass_by(seconds=61)
    quick = begun(answers)
    with database.transaction() as session:
        answers.keep(session, quick, ANSWER)
    with pytest.raises(ApiError), database.transaction() as session:
        answers.keep(session, slow, EncodedAnswer(409, "application/json", {}, b"{}"))
    assert answers.begin("cli_1", "a", REQUEST) == ANSWER
    answers.give_up(slow)
    assert answers.begin("cli_1", "a", REQUEST) == ANSWER


def test_work_that_takes_longer_than_its_repetitions_wait_comes_to_its_end(
    answers: FirstAnswers, database: Database, moment: Moment
) -> None:
    slow = begun(answers)
    moment.pass_by(seconds=61)
    again = begun(answers)
    with database.transaction() as session:
        answers.keep(session, slow, ANSWER)
    with pytest.raises(ApiError) as caught, database.transaction() as session:
        answers.keep(session, again, EncodedAnswer(200, "application/json", {}, b"{}"))
    assert caught.value.code == "request-running"
    answers.give_up(again)
    assert answers.begin("cli_1", "a", REQUEST) == ANSWER


def test_who_gives_up_does_not_free_the_key_of_who_took_it_over(answers: FirstAnswers, moment: Moment) -> None:
    slow = begun(answers)
    moment.pass_by(seconds=61)
    begun(answers)
    answers.give_up(slow)
    with pytest.raises(ApiError) as caught:
        begun(answers)
    assert caught.value.code == "request-running"


def test_a_key_that_is_another_requests_by_now_keeps_nothing(
    answers: FirstAnswers, database: Database, moment: Moment
) -> None:
    slow = begun(answers)
    moment.pass_by(hours=25)
    other = begun(answers, request=request_digest("POST", "/v1/parties", b"other"))
    with pytest.raises(ApiError), database.transaction() as session:
        answers.keep(session, slow, ANSWER)
    with database.transaction() as session:
        answers.keep(session, other, ANSWER)


def test_another_key_of_the_same_client_is_not_told_what_the_first_was(
    api: ApiApp, services: ApiServices, caller: Caller, acts: Acts
) -> None:
    weak = {"name": "Weak", "scopes": [Scope.KEYS_WRITE.value, Scope.ENVELOPES_WRITE.value]}
    other = Caller(api, caller.post("/v1/keys", json=weak).get_json()["token"])
    assert caller.post("/v1/parties", json=PARTY, key="order-1").status_code == 201
    refused = other.post("/v1/parties", json=PARTY, key="order-1")
    assert (refused.status_code, refused.get_json()["code"]) == (422, "idempotency-key-reused")
    assert acts.done == 1


@pytest.mark.parametrize("error", [refusal("read-first"), ApiError("session-over"), ApiError("code-wrong")])
def test_a_refusal_of_a_session_is_not_kept_for_time_may_heal_it(
    api: ApiApp, keys: FileKeyStore, acts: Acts, error: Exception
) -> None:
    person = Caller(api, Tokens(keys).session(f"rcp_{'1' * 16}", f"dev_{'a' * 16}"))
    acts.fails = error
    assert person.post("/v1/dance", key="1").status_code in {401, 403, 409}
    acts.fails = None
    assert person.post("/v1/dance", key="1").get_json() == {"count": 1}
    assert person.post("/v1/dance", key="1").headers["Idempotency-Replayed"] == "true"


def test_the_first_answer_stays_the_first(answers: FirstAnswers, database: Database) -> None:
    taken = begun(answers)
    with database.transaction() as session:
        answers.keep(session, taken, ANSWER)
    with pytest.raises(ApiError), database.transaction() as session:
        answers.keep(session, taken, EncodedAnswer(409, "application/json", {}, b"{}"))
    answers.give_up(taken)
    assert answers.begin("cli_1", "a", REQUEST) == ANSWER


def test_an_answer_kept_with_the_work_is_rolled_back_with_it(caller: Caller, acts: Acts, database: Database) -> None:
    acts.fails = RuntimeError("after the work")
    assert caller.post("/v1/parties/pty_1/kept", key="k").status_code == 500
    acts.fails = None
    assert caller.post("/v1/parties/pty_1/kept", key="k").get_json() == {"count": 1}
    assert caller.post("/v1/parties/pty_1/kept", key="k").get_json() == {"count": 1}
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(DataKey)) == 1


@pytest.mark.parametrize(
    "error",
    [RuntimeError("ours"), refusal("too-many-codes"), ConcurrentChange("stream-changed", "it moved", "read again")],
    ids=["500", "429", "a lost race"],
)
def test_what_may_go_well_the_next_time_is_not_kept(caller: Caller, acts: Acts, error: Exception) -> None:
    acts.fails = error
    caller.post("/v1/parties", json=PARTY, key="order-1")
    acts.fails = None
    assert caller.post("/v1/parties", json=PARTY, key="order-1").status_code == 201


def test_a_refusal_is_an_answer_too(caller: Caller, acts: Acts) -> None:
    acts.fails = refusal("not-your-turn")
    first = caller.post("/v1/parties", json=PARTY, key="order-1")
    acts.fails = None
    again = caller.post("/v1/parties", json=PARTY, key="order-1")
    assert (first.status_code, first.data) == (409, again.data)
    assert again.content_type == "application/problem+json"


def test_a_request_that_was_malformed_can_be_mended_under_its_key(caller: Caller) -> None:
    assert caller.post("/v1/parties", json={"people": []}, key="order-1").status_code == 422
    assert caller.post("/v1/parties", json=PARTY, key="order-1").status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "k" * 256, "\x7f"])
def test_a_key_has_a_form(caller: Caller, key: str) -> None:
    answer = caller.post("/v1/parties", json=PARTY, key=key)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "idempotency-key-form")


@pytest.mark.parametrize("key", ["!", "k" * 255, "~{}\"'"])
def test_any_visible_ascii_will_do(caller: Caller, key: str) -> None:
    assert caller.post("/v1/parties", json=PARTY, key=key).status_code == 201


def test_answers_are_unreadable_in_the_database(answers: FirstAnswers, database: Database) -> None:
    taken = begun(answers)
    with database.transaction() as session:
        answers.keep(session, taken, ANSWER)
    with database.reading() as session:
        rows = session.execute(text("SELECT * FROM first_answers")).all()
    everything = b"|".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for r in rows for v in r)
    assert "叶小禾".encode() not in everything
    assert b"Location" not in everything


def test_old_answers_are_forgotten_with_their_keys(answers: FirstAnswers, database: Database, moment: Moment) -> None:
    for key in ("a", "b"):
        taken = begun(answers, key)
        with database.transaction() as session:
            answers.keep(session, taken, ANSWER)
        moment.pass_by(hours=12)
    with database.transaction() as session:
        assert answers.forget_old(session, moment.now) == 1
        assert answers.forget_old(session, moment.now) == 0
    with database.reading() as session:
        assert session.scalars(select(FirstAnswer.key)).all() == ["b"]
        assert session.scalar(select(func.count()).select_from(DataKey)) == 1


def test_a_key_is_free_after_a_day_even_before_it_is_swept(
    answers: FirstAnswers, database: Database, moment: Moment
) -> None:
    taken = begun(answers)
    with database.transaction() as session:
        answers.keep(session, taken, ANSWER)
    moment.now += timedelta(hours=24)
    assert begun(answers, request=request_digest("POST", "/v1/parties", b"other")).begun_at == moment.now


def test_a_recipients_key_is_their_own(api: ApiApp, keys: FileKeyStore, acts: Acts) -> None:
    sessions = [Tokens(keys).session(f"rcp_{n * 16}", f"dev_{'a' * 16}") for n in "12"]
    counts = [Caller(api, token).post("/v1/dance", key="1").get_json()["count"] for token in (*sessions, sessions[0])]
    assert counts == [1, 2, 1]


def test_a_public_operation_tells_nobody_what_another_was_told(stranger: Caller) -> None:
    assert [stranger.post("/v1/knock", key="1").get_json()["count"] for _ in range(2)] == [1, 2]


def test_an_answer_that_cannot_be_kept_still_goes_out(
    caller: Caller, acts: Acts, services: ApiServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*given: object) -> None:
        raise EsignError("invented", "no room", "make room")

    monkeypatch.setattr(FirstAnswers, "keep", refuse)
    assert caller.post("/v1/parties", json=PARTY, key="order-1").status_code == 201
