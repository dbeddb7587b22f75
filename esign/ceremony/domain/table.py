"""The state tables: what each state accepts, who acts next in it, and which states can follow which.

`decide` refuses what is not in the tables, and docs/envelope-states.md is printed from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from esign.ceremony.domain import commands as c
from esign.ceremony.domain.values import EnvelopeState, RecipientState

E, R = EnvelopeState, RecipientState
Commands = frozenset[type[c.Command]]


class Actor(StrEnum):
    """Who can act. `SERVICE` is this program: its jobs and sweeps."""

    CLIENT = "client"
    RECIPIENT = "recipient"
    SALESPERSON = "salesperson"
    SUPERVISOR = "supervisor"
    SERVICE = "service"
    OPERATOR = "operator"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Row:
    """One state: the commands it accepts, and who acts next, doing what (a code)."""

    accepts: Commands
    actor: Actor
    act: str


AFTERMATH: Commands = frozenset({c.AbandonCertificate})
CODES: Commands = frozenset({c.SendCode, c.FailIdentification, c.Identify})
CHANGES: Commands = frozenset({c.ReplaceRecipient, c.CorrectPhone})
SIGNALS: Commands = frozenset({c.RaiseSignal})
REVIEW: Commands = frozenset({c.ShowCaptures, c.ClearSignal})
ASKING: Commands = CHANGES | AFTERMATH | SIGNALS | {c.Remind}

RECIPIENT_TABLE: Mapping[RecipientState, Row] = {
    R.PENDING: Row(CHANGES | AFTERMATH, Actor.NOBODY, "wait-for-turn"),
    R.SENT: Row(ASKING | {c.RecordOpened}, Actor.RECIPIENT, "open"),
    R.OPENED: Row(ASKING | CODES, Actor.RECIPIENT, "identify"),
    R.IDENTIFIED: Row(
        ASKING | CODES | {c.RecordPageRead, c.GiveConsent, c.FinishReading, c.Decline}, Actor.RECIPIENT, "read"
    ),
    R.READ: Row(ASKING | CODES | {c.Draw, c.Decline}, Actor.RECIPIENT, "draw"),
    R.DRAWN: Row(
        ASKING | CODES | {c.Draw, c.GiveConsent, c.TakePhoto, c.GiveNoFace, c.StateFace, c.Confirm, c.Decline},
        Actor.RECIPIENT,
        "confirm",
    ),
    R.CONFIRMED: Row(
        CODES | AFTERMATH | SIGNALS | {c.StateFace, c.RecordSignature, c.FailSigning}, Actor.SERVICE, "sign"
    ),
    R.SIGNED: Row(CODES | AFTERMATH | SIGNALS | {c.StateFace}, Actor.NOBODY, "wait-for-others"),
    R.SIGNING_FAILED: Row(ASKING | CODES | {c.StateFace, c.Confirm}, Actor.RECIPIENT, "confirm-again"),
    R.DECLINED: Row(AFTERMATH, Actor.NOBODY, "none"),
    R.EXPIRED: Row(AFTERMATH, Actor.NOBODY, "none"),
    R.REPLACED: Row(AFTERMATH, Actor.NOBODY, "none"),
}

_OF_RECIPIENTS = frozenset(kind for kind in c.COMMANDS if issubclass(kind, c.RecipientCommand))

ENVELOPE_TABLE: Mapping[EnvelopeState, Row] = {
    E.DRAFT: Row(CHANGES | {c.SendEnvelope, c.Void, c.Expire}, Actor.CLIENT, "send"),
    E.IN_PROGRESS: Row(_OF_RECIPIENTS | REVIEW | {c.Void, c.Expire}, Actor.RECIPIENT, "sign"),
    E.SEALING: Row(
        AFTERMATH | REVIEW | {c.StateFace, c.StartSeal, c.RecordSealed, c.FailSeal, c.Void}, Actor.SERVICE, "seal"
    ),
    E.SEAL_FAILED: Row(AFTERMATH | REVIEW | {c.StateFace, c.RetrySeal, c.Void}, Actor.OPERATOR, "retry-seal"),
    E.COMPLETED: Row(AFTERMATH | REVIEW | {c.CertifyCompletion, c.RenewDocument}, Actor.NOBODY, "none"),
    E.DECLINED: Row(AFTERMATH, Actor.NOBODY, "none"),
    E.EXPIRED: Row(AFTERMATH, Actor.NOBODY, "none"),
    E.VOIDED: Row(AFTERMATH, Actor.NOBODY, "none"),
}

ENVELOPE_MOVES: frozenset[tuple[EnvelopeState, EnvelopeState]] = frozenset(
    {
        (E.DRAFT, E.IN_PROGRESS),
        (E.DRAFT, E.EXPIRED),
        (E.DRAFT, E.VOIDED),
        (E.IN_PROGRESS, E.SEALING),
        (E.IN_PROGRESS, E.DECLINED),
        (E.IN_PROGRESS, E.EXPIRED),
        (E.IN_PROGRESS, E.VOIDED),
        (E.SEALING, E.COMPLETED),
        (E.SEALING, E.SEAL_FAILED),
        (E.SEALING, E.VOIDED),
        (E.SEAL_FAILED, E.SEALING),
        (E.SEAL_FAILED, E.VOIDED),
    }
)

_WAY = (R.PENDING, R.SENT, R.OPENED, R.IDENTIFIED, R.READ, R.DRAWN, R.CONFIRMED, R.SIGNED)
_RESTARTABLE = (R.SENT, R.OPENED, R.IDENTIFIED, R.READ, R.DRAWN, R.SIGNING_FAILED)

RECIPIENT_MOVES: frozenset[tuple[RecipientState, RecipientState]] = frozenset(
    {
        *pairwise(_WAY),
        (R.CONFIRMED, R.SIGNING_FAILED),
        (R.SIGNING_FAILED, R.CONFIRMED),
        *((state, R.READ) for state in (R.DRAWN, R.CONFIRMED, R.SIGNING_FAILED)),
        *((state, R.DECLINED) for state in (R.IDENTIFIED, R.READ, R.DRAWN)),
        *((state, R.PENDING) for state in _RESTARTABLE),
        *((state, R.REPLACED) for state in (R.PENDING, *_RESTARTABLE)),
        *((state, R.EXPIRED) for state in (R.PENDING, R.CONFIRMED, *_RESTARTABLE)),
    }
)
"""One event at a time. Back to `pending` goes who restarts after a corrected telephone; `sent` follows at once. Back to
`read` goes whose handwriting was made at home and who goes on in person, or the other way round."""

ORDER: Mapping[RecipientState, int] = {state: place for place, state in enumerate(_WAY)} | {
    R.SIGNING_FAILED: _WAY.index(R.CONFIRMED)
}


def comes_later(state: RecipientState, kind: type[c.Command]) -> bool:
    """Tell whether the way from `state` still leads to where `kind` is accepted for the first time."""
    first = min(place for one, place in ORDER.items() if kind in RECIPIENT_TABLE[one].accepts)
    return state in ORDER and ORDER[state] < first
