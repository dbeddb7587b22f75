"""What opens a ceremony: ours and nobody else's, each for its own purpose, codes of six digits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign.ceremony.tokens import CODE_DIGITS, TEST_CODE, CopyToken, SessionToken, Tokens
from esign.infra.ids import new_id
from esign.infra.keystore import create_key_store

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
YU, YE = (new_id("rcp", NOW) for _ in range(2))
DEVICE = new_id("dev", NOW)


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Tokens:
    return Tokens(create_key_store(tmp_path_factory.mktemp("tokens") / "keys"))


def test_a_link_is_its_recipients_and_its_persons(tokens: Tokens) -> None:
    link = tokens.link(YU, "per_one")
    assert tokens.recipient_of(link) == YU
    assert tokens.is_link(link, YU, "per_one")
    assert not tokens.is_link(link, YU, "per_two")
    assert not tokens.is_link(link, YE, "per_one")


def test_another_key_store_makes_other_links(tokens: Tokens, tmp_path: Path) -> None:
    other = Tokens(create_key_store(tmp_path / "keys"))
    assert not other.is_link(tokens.link(YU, "per_one"), YU, "per_one")
    assert other.read_session(tokens.session(YU, DEVICE)) is None


def test_what_was_made_for_one_purpose_serves_no_other(tokens: Tokens) -> None:
    ends = NOW + timedelta(days=30)
    assert tokens.read_session(tokens.session(YU, DEVICE)) == SessionToken(YU, DEVICE)
    assert tokens.read_copy(tokens.copy(YU, ends)) == CopyToken(YU, ends)
    assert tokens.read_session(tokens.copy(YU, ends)) is None
    assert tokens.read_copy(tokens.session(YU, DEVICE)) is None
    assert tokens.read_session(tokens.link(YU, "per_one")) is None


def test_a_session_that_began_in_a_browser_is_good_there_alone(tokens: Tokens) -> None:
    browser, elsewhere, handed = (
        tokens.browser(*known) for known in (("mark-one", None), ("mark-two", None), ("mark-one", "hnd_one"))
    )
    assert len({browser, elsewhere, handed}) == 3
    assert tokens.browser(None, None) is None
    session = tokens.session(YU, DEVICE, browser)
    assert tokens.read_session(tokens.presented(session, browser)) == SessionToken(YU, DEVICE, in_browser=True)
    for shown in (None, elsewhere, handed, ""):
        assert tokens.read_session(tokens.presented(session, shown)) is None
    for made in (None, elsewhere, ""):
        assert tokens.read_session(tokens.presented(tokens.session(YU, DEVICE, made), browser)) is None


def test_a_copy_ends_when_it_says_and_not_when_somebody_writes(tokens: Tokens) -> None:
    recipient, ends, proof = tokens.copy(YU, NOW).split(".")
    assert tokens.read_copy(f"{recipient}.{int(ends) + 86_400}.{proof}") is None


@given(code=st.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=26, max_size=26))
def test_a_code_is_six_digits_that_belong_to_its_id(tokens: Tokens, code: str) -> None:
    digits = tokens.code(f"cod_{code}", test_mode=False)
    assert len(digits) == CODE_DIGITS
    assert digits.isdecimal()
    assert tokens.is_code(digits, f"cod_{code}", test_mode=False)
    assert tokens.code(f"cod_{code}", test_mode=True) == TEST_CODE


@given(text=st.text(max_size=200))
def test_whatever_is_sent_is_read_and_opens_nothing(tokens: Tokens, text: str) -> None:
    assert tokens.read_session(text) is None
    assert tokens.read_copy(text) is None
    assert not tokens.is_link(text, YU, "per_one")
    assert not tokens.is_link(f"{YU}.{text}", YU, "per_one")
    assert tokens.read_session(f"{YU}.{DEVICE}.{text}") is None
