"""Passwords: which may be one, and hashes that are checked, renewed, and never shown."""

from __future__ import annotations

import pytest

from esign.infra.secret import Secret
from esign.staff.errors import StaffRefused
from esign.staff.passwords import HashCost, Passwords, require_good
from tests.unit.staff.staff_office import CHEAP, PASSWORD


def refused(password: str, login: str = "lin.qiushi") -> str:
    with pytest.raises(StaffRefused) as caught:
        require_good(Secret(password), login)
    return caught.value.code


@pytest.mark.parametrize("password", ["", "short", "elevenchars", "ｅｌｅｖｅｎ", "十一个汉字的口令太短了"])
def test_fewer_than_twelve_characters_are_too_few(password: str) -> None:
    assert refused(password) == "password-short"


def test_more_than_128_characters_are_too_many() -> None:
    require_good(Secret("kx7m " * 25 + "vut"), "lin.qiushi")
    assert refused("kx7m " * 25 + "vutz") == "password-long"
    assert refused("kx7m " * 100_000) == "password-long"


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Password2026!",
        "1234567890123",
        "qwertyuiop123",
        "QWERTYUIOP[]!!",
        "aaaaaaaaaaaaaa",
        "abababababab",
        "adminadminadmin",
        "administrator1",
        "1q2w3e4r5t6y",
        "letmein!!!!!!!",
        "Woaizhongguo88",
        "correcthorsebatterystaple",
        "pass word pass word",
    ],
)
def test_what_anybody_would_try_first_is_refused(password: str) -> None:
    assert refused(password) == "password-common"


def test_a_password_made_of_the_login_name_is_refused() -> None:
    assert refused("Lin.Qiushi-2026") == "password-names-login"
    require_good(Secret("sailing to an island"), "lin")


@pytest.mark.parametrize("password", ["湖边有七只灰鹤 in the reeds", "vR8#kq2Lm!x9", "kayak-orange-berlin-42"])
def test_others_are_taken(password: str) -> None:
    require_good(Secret(password), "lin.qiushi")


def test_a_hash_is_of_its_password_alone_and_differs_each_time() -> None:
    passwords = Passwords(CHEAP)
    one, other = passwords.hashed(PASSWORD), passwords.hashed(PASSWORD)
    assert one != other
    assert one.reveal().startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert passwords.check(one, PASSWORD)
    assert not passwords.check(one, Secret("湖边有七只白鹤 in the reeds"))


def test_a_password_is_the_same_from_every_keyboard() -> None:
    passwords = Passwords(CHEAP)
    assert passwords.check(passwords.hashed(Secret("Café de l'étang")), Secret("Cafe\u0301 de l'e\u0301tang"))


def test_where_there_is_no_hash_one_is_checked_all_the_same_and_none_is_right(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    passwords, checked = Passwords(CHEAP), []
    verify = type(passwords._hasher).verify

    def noted(self: object, *arguments: str) -> bool:
        checked.append(arguments[0])
        return bool(verify(passwords._hasher, *arguments))

    monkeypatch.setattr(type(passwords._hasher), "verify", noted)
    assert not passwords.check(None, PASSWORD)
    assert [one.split("$")[3] for one in checked] == ["m=64,t=1,p=1"]


@pytest.mark.parametrize("odd", ["", "\ud800 lone", "x" * 100_000])
def test_whatever_text_is_sent_is_checked(odd: str) -> None:
    passwords = Passwords(CHEAP)
    assert not passwords.check(passwords.hashed(PASSWORD), Secret(odd))


def test_a_hash_at_another_cost_is_outdated_and_still_right() -> None:
    old, new = Passwords(CHEAP), Passwords(HashCost(passes=2, memory=64))
    hashed = old.hashed(PASSWORD)
    assert not old.is_outdated(hashed)
    assert new.is_outdated(hashed)
    assert new.check(hashed, PASSWORD)


def test_the_cost_of_the_service_is_not_that_of_tests() -> None:
    cost = HashCost()
    assert cost.passes >= 3
    assert cost.memory >= 19 * 1024
