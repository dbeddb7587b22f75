from __future__ import annotations

import json
import logging
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign.errors import EsignError
from esign.infra.log_fields import FIELDS, split_fields
from esign.infra.logs import current_request, log_for, request_context, set_up_logs
from tests.written_logs import Written, logs_written

log = log_for("esign.invented")
PERSONAL = ("张伟", "13800000001", "+8613800000001", "11010519491231002X", "zhang@example.com", "Zhang Wei", "482913")
IN_OTHER_WORDS = ("rcp_13800000001", "/v1/recipients/13800000001", "user.13800000001", "Phone13800000001")


@pytest.fixture
def written() -> Iterator[Written]:
    with logs_written("debug") as stream:
        yield stream


def test_a_line_is_json_with_time_level_and_fields(written: Written) -> None:
    log.info("envelope sealed", envelope="env_4Tq9bX0cLm2pQ7rZ", milliseconds=812.5, code="trail.sealed")
    (line,) = written.lines
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "info",
        "logger": "esign.invented",
        "message": "envelope sealed",
        "envelope": "env_4Tq9bX0cLm2pQ7rZ",
        "milliseconds": 812.5,
        "code": "trail.sealed",
    }


def test_lines_of_one_request_carry_its_id(written: Written) -> None:
    with request_context() as request:
        log.info("request begun")
        assert current_request() == request
        logging.getLogger("library").warning("x")
    log.info("request gone")
    assert [line.get("request") for line in written.lines] == [request, request, None]


def test_an_id_from_outside_is_taken_over_only_in_its_form() -> None:
    with request_context("a" * 32) as taken, request_context("张伟") as made:
        assert taken == "a" * 32
        assert len(made) == 32
        assert made.isascii()


def test_another_thread_has_a_request_of_its_own() -> None:
    seen: list[str | None] = []
    with request_context():
        thread = threading.Thread(target=lambda: seen.append(current_request()))
        thread.start()
        thread.join()
    assert seen == [None]


@pytest.mark.parametrize("value", [*PERSONAL, *IN_OTHER_WORDS])
def test_no_field_takes_personal_data(written: Written, value: str) -> None:
    log.warning("something odd", **dict.fromkeys(FIELDS, value), phone=value)
    (line,) = written.lines
    text = written.getvalue() + json.dumps(line, ensure_ascii=False)
    assert value not in text
    assert "phone" in line["refused"]


@given(
    st.dictionaries(st.text(max_size=12) | st.sampled_from(sorted(FIELDS)), st.text() | st.integers() | st.booleans())
)
def test_every_field_is_written_or_refused(given_fields: dict[str, Any]) -> None:
    kept, refused = split_fields(given_fields)
    assert len(kept) + len(refused) == len(given_fields)
    assert set(kept) <= set(FIELDS)
    assert all(not isinstance(value, str) or value.isascii() for value in kept.values())


def test_a_phone_number_is_no_count_of_anything_small() -> None:
    kept, refused = split_fields({"count": 13800000001, "seconds": 13800000001, "bytes": 13800000001})
    assert (kept, sorted(refused)) == ({}, ["bytes", "count", "seconds"])


def test_a_field_without_a_value_is_left_out(written: Written) -> None:
    log.info("nothing known", envelope=None)
    assert "envelope" not in written.lines[0]
    assert "refused" not in written.lines[0]


@pytest.mark.parametrize("message", ["sent to 13800000001", "signed by 张伟", "Signed", "", "a" * 200, "two\nlines"])
def test_a_message_that_was_put_together_from_data_is_refused(written: Written, message: str) -> None:
    with pytest.raises(ValueError, match="constant"):
        log.info(message)
    assert written.getvalue() == ""


def test_what_a_library_says_is_left_out(written: Written) -> None:
    logging.getLogger("library").warning("row (%s) exists", "13800000001")
    logging.getLogger("library").error("with 13800000001 inside", extra={"phone": "13800000001"})
    logging.getLogger("library").info("chatter")
    assert "13800000001" not in written.getvalue()
    assert [line["message"] for line in written.lines] == ["from a library, text left out"] * 2
    assert written.lines[0]["where"].startswith("test_infra_logs.py:")


def test_an_error_keeps_its_class_code_and_places_and_loses_its_words(written: Written) -> None:
    def fail() -> None:
        try:
            int("phone 13800000001")
        except ValueError as error:
            raise EsignError("phone-taken", "13800000001 is taken", "use another") from error

    try:
        fail()
    except EsignError as error:
        log.failed("step failed", error, attempt=2)
    (line,) = written.lines
    assert "13800000001" not in written.getvalue()
    assert (line["error"]["class"], line["error"]["code"], line["error"]["causes"]) == (
        "EsignError",
        "phone-taken",
        ["ValueError"],
    )
    assert line["error"]["at"][-1].startswith("test_infra_logs.py:")
    assert line["error"]["at"][-1].endswith(" fail")


def test_warnings_go_to_the_log_without_their_text(written: Written) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)
        warnings.warn("13800000001", stacklevel=1)
    assert "13800000001" not in written.getvalue()
    assert [line["logger"] for line in written.lines] == ["py.warnings"]


def test_below_its_level_nothing_is_written(written: Written) -> None:
    set_up_logs("warning", written)
    log.info("too quiet")
    log.error("loud enough")
    assert [line["message"] for line in written.lines] == ["loud enough"]
