"""One-time passwords against the vectors of RFC 4226 (appendix D) and RFC 6238 (appendix B)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from esign.staff.totp import (
    RECOVERY_CODES,
    base32,
    code_of,
    enrolment_uri,
    matching_step,
    new_recovery_codes,
    new_secret,
    plain_recovery_code,
    step_at,
)

SECRET = b"12345678901234567890"
NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("counter", "code"),
    list(
        enumerate(["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"])
    ),
)
def test_codes_are_those_of_rfc_4226(counter: int, code: str) -> None:
    assert code_of(SECRET, counter) == code


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    assert code_of(SECRET, step_at(datetime.fromtimestamp(seconds, UTC)), digits=8) == code


def test_a_code_is_taken_one_step_early_or_late_and_no_more() -> None:
    step = step_at(NOON)
    for away in (-1, 0, 1):
        assert matching_step(SECRET, code_of(SECRET, step + away), NOON) == step + away
    for away in (-2, 2):
        assert matching_step(SECRET, code_of(SECRET, step + away), NOON) is None


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "\ud800"])
def test_what_is_no_code_matches_nothing(code: str) -> None:
    assert matching_step(SECRET, code, NOON) is None


def test_spaces_within_a_code_do_not_matter() -> None:
    code = code_of(SECRET, step_at(NOON))
    assert matching_step(SECRET, f"{code[:3]} {code[3:]}", NOON) == step_at(NOON)


def test_a_step_lasts_thirty_seconds() -> None:
    assert step_at(NOON + timedelta(seconds=29)) == step_at(NOON)
    assert step_at(NOON + timedelta(seconds=30)) == step_at(NOON) + 1


def test_an_app_reads_secret_issuer_and_account_from_the_uri() -> None:
    uri = urlsplit(enrolment_uri(SECRET, issuer="青禾人寿", account="lin"))
    assert (uri.scheme, uri.netloc, unquote(uri.path)) == ("otpauth", "totp", "/青禾人寿:lin")
    assert parse_qs(uri.query) == {"secret": [base32(SECRET)], "issuer": ["青禾人寿"]}
    assert base32(SECRET) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def test_secrets_and_recovery_codes_are_long_and_never_the_same() -> None:
    assert len({new_secret() for _ in range(50)}) == 50
    assert len(new_secret()) == 20
    codes = new_recovery_codes()
    assert len(set(codes)) == RECOVERY_CODES
    assert {len(plain_recovery_code(code)) for code in codes} == {16}


def test_a_recovery_code_is_read_as_people_write_it() -> None:
    assert plain_recovery_code("7K3M 0Q9X C2TA 5VBN") == plain_recovery_code("7k3m-oq9x-c2ta-5vbn")
