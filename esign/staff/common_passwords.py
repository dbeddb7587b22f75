"""Passwords that anybody would try first, long enough to pass for long ones; and a test for those made alike.

No list of leaked passwords is copied here: these are the habits behind them. A pattern is refused with whatever
digits and signs are hung on to it, so a short list reaches far.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

DISTINCT_AT_LEAST: Final = 5

_STEMS: Final = frozenset(
    """
    password passwords passw0rd p@ssword p@ssw0rd passwort pass passcode secret secrets topsecret
    admin administrator root superuser system manager login welcome letmein changeme default guest test testing
    qwerty qwertyuiop qwertyuiopasdf qwertz azerty asdf asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc qweasdzxc
    iloveyou woaini woaizhongguo mima wodemima nihao zhongguo beijing shanghai insurance baoxian
    correcthorsebatterystaple trustno1 monkey dragon sunshine princess football baseball master shadow superman
    abc abcd abcdef abcdefgh abcdefghijkl qwe asd abcabc aaaa
    """.split()  # noqa: SIM905  # words read better one after another
)
_WALKS: Final = (
    "01234567890123456789",
    "98765432109876543210",
    "abcdefghijklmnopqrstuvwxyz",
    "zyxwvutsrqponmlkjihgfedcba",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn",
    "1q2w3e4r5t6y7u8i9o0p",
    "!@#$%^&*()_+",
)
_HUNG_ON: Final = re.compile(r"[^a-z]+$|^[^a-z]+")


def is_common(password: str) -> bool:
    """Tell whether the password is one of the most common ones, or made in the same way."""
    plain = "".join(unicodedata.normalize("NFKC", password).casefold().split())
    if len(set(plain)) < DISTINCT_AT_LEAST:
        return True
    if any(plain in walk or plain in walk * 2 for walk in _WALKS):
        return True
    parts = {plain, _HUNG_ON.sub("", plain), _once(plain), _once(_HUNG_ON.sub("", plain))}
    return not parts.isdisjoint(_STEMS)


def _once(text: str) -> str:
    """Return what is repeated, where the text is nothing but repetitions of it."""
    size = (text + text).find(text, 1)
    return text[:size] if 0 < size < len(text) else text
