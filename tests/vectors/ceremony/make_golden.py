"""Makes the golden trail of release 0.1: `python -m tests.vectors.ceremony.make_golden`.

golden-envelope-0.1.jsonl holds recorded events in the trail's canonical form, one a line, of envelopes that came to
every end and together use every event type. golden-envelope-0.1.states.json says where they stood at last. Both are
made once for a release and then kept: every later build must read the events and come to the same states. A later
release gets files of its own; this script refuses to write over what is there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

from esign.ceremony.domain import Envelope, fold, new_events
from esign.ceremony.domain import commands as c
from esign.ceremony.domain.events import EVENTS, Event
from esign.ceremony.domain.values import ENDS, ConsentStage, RecipientState
from esign.trail.event import canonical, record
from tests.unit.ceremony.domain_envelopes import START, Play, copy, digest, document, signer

FOLDER = Path(__file__).parent
TRAIL = FOLDER / "golden-envelope-0.1.jsonl"
STATES = FOLDER / "golden-envelope-0.1.states.json"


def completed() -> Play:
    """Two documents, two groups, two tries at identification, another device, a failed signature, a failed seal."""
    one, two, three = signer("one"), signer("two", 1, role="agent"), signer("three", 2, of="doc_b")
    documents = (document("doc_a"), document("doc_b"))
    people = (one, two, three, copy())
    play = Play(*people, envelope="env_completed", documents=documents, face_statement=True).send()
    play.to(RecipientState.OPENED)
    play.give(c.SendCode)
    play.give(c.FailIdentification)
    play.give(c.Identify)
    play.give(c.SendCode)
    play.give(c.Identify, device="dev_other")
    play.to(RecipientState.CONFIRMED)
    play.give(c.AbandonCertificate)
    play.give(c.FailSigning)
    play.give(c.Confirm)
    play.give(c.RecordSignature)
    play.to(RecipientState.SIGNED, "rcp_two")
    play.to(RecipientState.DRAWN, "rcp_three")
    play.give(c.GiveNoFace, "rcp_three")
    play.give(c.Confirm, "rcp_three")
    play.give(c.RecordSignature, "rcp_three")
    play.give(c.StateFace)
    play.give(c.StartSeal)
    play.give(c.FailSeal)
    play.give(c.RetrySeal)
    return play.complete()


def declined() -> Play:
    play = Play(signer("one"), signer("two"), envelope="env_declined").send()
    play.to(RecipientState.READ)
    play.give(c.Decline, note="rec_words")
    return play


def expired() -> Play:
    play = Play(signer("one"), signer("two", 2), envelope="env_expired").send()
    play.give(c.Remind, asked_by=None, at=START + timedelta(days=2))
    play.to(RecipientState.CONFIRMED)
    play.give(c.Expire)
    return play


def voided() -> Play:
    play = Play(signer("one"), envelope="env_voided").send()
    play.to(RecipientState.IDENTIFIED)
    play.give(c.CorrectPhone)
    play.give(c.ReplaceRecipient, replacement="rcp_new")
    play.to(RecipientState.DRAWN, "rcp_new")
    for text in play.state.consents_missing(play.recipient("rcp_new"), ConsentStage.PHOTO):
        play.give(c.GiveConsent, "rcp_new", consent=text, digest=digest(text))
    play.give(c.TakePhoto, "rcp_new")
    play.give(c.StateFace, "rcp_new", is_customer=False)
    return play


def lines(plays: Mapping[str, Play]) -> Iterator[bytes]:
    number = 0
    for stream, play in plays.items():
        for version, (event, new) in enumerate(zip(play.events, new_events(play.events), strict=True), start=1):
            number += 1
            recorded = record(
                new, id=f"evt_{number:016d}", stream=stream, version=version, actor="system", time=event.at
            )
            yield canonical(recorded) + b"\n"


def summary(envelope: Envelope) -> dict[str, object]:
    """Return what must never come out otherwise."""
    return {
        "state": envelope.state.value,
        "ending": None if envelope.ending is None else [envelope.ending.reason, envelope.ending.by],
        "seal_attempt": envelope.seal_attempt,
        "documents": {one.plan.id: [one.current, one.sealed] for one in envelope.documents},
        "recipients": {
            one.id: {
                "state": one.state.value,
                "person": one.plan.person,
                "device": one.session.device,
                "assurance": None if one.session.identity is None else one.session.identity.assurance,
                "reading_seconds": int(one.session.reading_time().total_seconds()),
                "consents": sorted(given.id for given in one.session.consents),
                "handwriting": None if one.session.handwriting is None else one.session.handwriting.digest,
                "photo": None if one.session.photo is None else one.session.photo.digest,
                "assisted_by": one.session.assisted_by,
                "face_stated": one.session.face_stated,
                "manifests": list(one.manifests),
                "cms": None if one.signature is None else one.signature.cms,
                "abandoned": list(one.abandoned),
                "replaced_by": one.replaced_by,
                "codes": len(one.codes),
                "reminders": one.reminders,
            }
            for one in envelope.recipients
        },
    }


def folded(events: Mapping[str, list[Event]]) -> dict[str, object]:
    """Return the summary of each stream's envelope."""
    states = {stream: fold(of_stream) for stream, of_stream in events.items()}
    return {stream: summary(state) for stream, state in states.items() if state is not None}


def main() -> None:
    made = (completed(), declined(), expired(), voided())
    plays = {play.state.id: play for play in made}
    assert {play.state.state for play in made} == ENDS
    assert {type(event) for play in made for event in play.events} == set(EVENTS)
    with TRAIL.open("xb") as trail:
        trail.writelines(lines(plays))
    with STATES.open("x", encoding="ascii") as file:
        json.dump(folded({stream: play.events for stream, play in plays.items()}), file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
