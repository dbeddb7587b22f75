"""The codes by which the room refuses, each with a status, and the scopes of keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from esign.public.api import CodeWords, RoomCodes, RoomScope
from policy.domain.words import WORDS
from policy.errors import PolicyRefused
from policy.refusals import ROOM_WORDS

READ, WRITE = RoomScope("proposals:read"), RoomScope("proposals:write")
SCOPES: Final = {
    READ: ("查看报价、投保单和保单", "see quotes, proposals and policies"),
    WRITE: ("录入、发出和撤回投保单", "enter, send and withdraw proposals"),
}
_STATUSES: Final[Mapping[str, int]] = {
    "no-proposal": 404,
    "no-contract": 404,
    "no-product": 404,
    "no-draft": 404,
    "draft-long": 422,
    "no-recording": 404,
    "no-visit": 404,
    "answer-missing": 422,
    "visit-incomplete": 422,
    "no-checklist": 422,
    "words-missing": 422,
    "words-many": 422,
    "no-request": 404,
    "no-signed-request": 404,
    "no-endorsement": 404,
}
"""All others are conflicts with where the proposal stands."""
_SHARED: Final = frozenset({"malformed-command"})
"""Refusals that the signing service has words for: they hold here, too."""
CODES: Final = RoomCodes(
    (PolicyRefused,),
    {
        code: CodeWords(_STATUSES.get(code, 409), *words)
        for code, words in {**WORDS, **ROOM_WORDS}.items()
        if code not in _SHARED
    },
)
