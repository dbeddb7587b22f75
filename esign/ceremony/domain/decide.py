"""What a command leads to: `decide(state, command) -> events`, pure; it raises `Refusal` and nothing else.

Every command passes the same gates in the same order:

1. it is well formed, and envelope and recipient exist;
2. if it had its effect already, it leads to nothing more: commands may be repeated;
3. the envelope's state accepts it, then the recipient's state does (`table`);
4. the envelope's time has not passed, for acts that end with it, whether or not a sweep has noticed yet;
5. an act of the recipient comes from the device that the last code bound;
6. its own rule is kept.
"""

from __future__ import annotations

from collections.abc import Mapping

from esign.ceremony.domain import commands as c
from esign.ceremony.domain.ceremony_rules import CEREMONY_RULES
from esign.ceremony.domain.change_rules import ENVELOPE_CHANGE_RULES, RECIPIENT_CHANGE_RULES
from esign.ceremony.domain.creation import create
from esign.ceremony.domain.event import Event
from esign.ceremony.domain.forms import FormError, members_to_json
from esign.ceremony.domain.refusal import Refusal, refusal
from esign.ceremony.domain.rule import EnvelopeRule, RecipientRule
from esign.ceremony.domain.signal_rules import RAISING_RULES, REVIEW_RULES
from esign.ceremony.domain.signing_rules import SEAL_RULES, SIGNATURE_RULES
from esign.ceremony.domain.state import Envelope, Recipient
from esign.ceremony.domain.table import CHANGES, ENVELOPE_TABLE, RECIPIENT_TABLE, comes_later
from esign.ceremony.domain.values import RecipientState

R = RecipientState

RECIPIENT_RULES: Mapping[type[c.Command], RecipientRule] = {
    **CEREMONY_RULES,
    **SIGNATURE_RULES,
    **RECIPIENT_CHANGE_RULES,
    **RAISING_RULES,
}
ENVELOPE_RULES: Mapping[type[c.Command], EnvelopeRule] = {**ENVELOPE_CHANGE_RULES, **REVIEW_RULES, **SEAL_RULES}

TOO_EARLY = {
    R.PENDING: "not-your-turn",
    R.SENT: "open-first",
    R.OPENED: "identify-first",
    R.IDENTIFIED: "read-first",
    R.READ: "draw-first",
    R.DRAWN: "confirm-first",
}
TOO_LATE = {
    R.CONFIRMED: "confirmed-already",
    R.SIGNED: "signed-already",
    R.SIGNING_FAILED: "confirm-again",
    R.DECLINED: "recipient-declined",
    R.EXPIRED: "recipient-expired",
    R.REPLACED: "recipient-replaced",
}


def decide(state: Envelope | None, command: c.Command) -> tuple[Event, ...]:
    """Return the events that `command` leads to; none where it had its effect already. Raises `Refusal`."""
    try:
        members_to_json(command, type(command).__name__)
    except FormError as error:
        raise refusal("malformed-command", (error.place,)) from error
    if isinstance(command, c.CreateEnvelope):
        return create(state, command)
    if state is None:
        raise refusal("no-envelope")
    if isinstance(command, c.RecipientCommand):
        return _decide_for_recipient(state, command)
    rule = ENVELOPE_RULES[type(command)]
    if rule.repeats(state, command):
        return ()
    _require_envelope(state, command)
    return rule.events(state, command)


def _decide_for_recipient(state: Envelope, command: c.RecipientCommand) -> tuple[Event, ...]:
    recipient = state.find(command.recipient)
    if recipient is None:
        raise refusal("no-recipient")
    rule = RECIPIENT_RULES[type(command)]
    if rule.repeats(state, recipient, command):
        return ()
    _require_envelope(state, command)
    _require_recipient(recipient, command)
    return rule.events(state, recipient, command)


def _require_envelope(state: Envelope, command: c.Command) -> None:
    if type(command) not in ENVELOPE_TABLE[state.state].accepts:
        raise refusal(f"envelope-{state.state.value.replace('_', '-')}")
    if command.ends_at_expiry and command.at >= state.settings.expires_at:
        raise refusal("envelope-expired")


def _require_recipient(recipient: Recipient, command: c.RecipientCommand) -> None:
    kind = type(command)
    if not recipient.plan.signs and kind not in CHANGES:
        raise refusal("copy-never-signs")
    if kind not in RECIPIENT_TABLE[recipient.state].accepts:
        raise _out_of_step(recipient.state, kind)
    if isinstance(command, c.Identify) or not isinstance(command, c.SignersAct):
        return
    if command.device != recipient.session.device:
        raise refusal("another-device")


def _out_of_step(state: RecipientState, kind: type[c.Command]) -> Refusal:
    if comes_later(state, kind):
        return refusal(TOO_EARLY[state])
    return refusal(TOO_LATE.get(state, "step-over"))
