"""Makes decisions.txt: `python -m tests.vectors.ceremony.make_decisions`. Read every line that changes.

Each line says what comes of a plausible command in a state: the events it leads to, `nothing` where it had its
effect already, or the code of the refusal. The upper part goes over recipients of an envelope that was sent (and,
for `declined` and `expired`, ended); the lower part over envelopes with one signer.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from esign.ceremony.domain import Refusal, decide
from esign.ceremony.domain import commands as c
from esign.ceremony.domain.values import EnvelopeState, RecipientState
from tests.unit.ceremony.domain_envelopes import Play, creation, in_envelope_state, in_recipient_state, names, signer

DECISIONS = Path(__file__).parent / "decisions.txt"


def outcome(play: Play, kind: type[c.Command]) -> str:
    command = creation(signer("other")) if kind is c.CreateEnvelope else play.command(kind)
    try:
        return "+".join(names(decide(play.state, command))) or "nothing"
    except Refusal as refusal:
        return refusal.code


def recipient_lines(state: RecipientState) -> Iterator[str]:
    for kind in c.COMMANDS:
        if issubclass(kind, c.RecipientCommand):
            yield f"recipient {state.value} {kind.__name__} {outcome(in_recipient_state(state), kind)}"


def envelope_lines(state: EnvelopeState) -> Iterator[str]:
    for kind in c.COMMANDS:
        yield f"envelope {state.value} {kind.__name__} {outcome(in_envelope_state(state), kind)}"


def main() -> None:
    lines = [line for recipient in RecipientState for line in recipient_lines(recipient)]
    lines += [line for envelope in EnvelopeState for line in envelope_lines(envelope)]
    DECISIONS.write_text("".join(f"{line}\n" for line in lines), "ascii")


if __name__ == "__main__":
    main()
