"""What staff are told of clocks, by message: which claim, by the end of its number, what is to be done, until when.

A message is read on locked screens: it names nobody, no car and no amount.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from claims.clocks.catalogue import CLOCKS
from claims.clocks.files import load_clocks
from claims.wording import Words as Called
from esign.public.messages import MessageText, Words

REMINDED: Final = "claims-reminded"
BROKEN: Final = "claims-broken"


PASSED: Final = "claims-dispute-passed"
"""The kind of the message to the quotation desk."""


def reminder(clock: str) -> str:
    """Return the kind of the message that reminds of a clock."""
    return f"{REMINDED}-{clock}"


def alarm(clock: str) -> str:
    """Return the kind of the message that tells that a clock broke."""
    return f"{BROKEN}-{clock}"


SPOKEN_LETTERS: Final = 6


def short(claim: str) -> str:
    """Return the end of a claim's id, by which people speak of it."""
    return claim[-SPOKEN_LETTERS:]


def _reminder(called: Called) -> MessageText:
    return MessageText(
        Words("案件快到时限", f"案件 {{claim}}：{called.zh}，{{at}} 到时限，请尽快办理。"),
        Words("A clock is nearly over", f"Claim {{claim}}: {called.en}. It ends at {{at}}; see to it now."),
    )


def _alarm(called: Called) -> MessageText:
    return MessageText(
        Words("案件超过时限", f"案件 {{claim}}：{called.zh}，{{at}} 已超过时限。请在控制台确认，并写明怎么办。"),
        Words(
            "A clock broke",
            f"Claim {{claim}}: {called.en}. That ended at {{at}}. Acknowledge it, and say what is done.",
        ),
    )


_PASSED: Final = MessageText(
    Words("有价格异议转来", "案件 {claim} 的价格异议停滞了，转到报价组，请在 {at} 前答复。"),
    Words("A price dispute came to you", "The price dispute of claim {claim} stalled. Answer it by {at}."),
)


def _messages() -> Mapping[str, MessageText]:
    newest = load_clocks()[-1]
    called = {code: newest.get(code).words for code in CLOCKS}
    return {
        PASSED: _PASSED,
        **{reminder(code): _reminder(said) for code, said in called.items()},
        **{alarm(code): _alarm(said) for code, said in called.items()},
    }


MESSAGES: Final = _messages()
