"""Makes a golden trail: `python -m tests.vectors.trail.make_golden 0.1`, once for each release that adds to it.

Every later build must verify it and fold it to the same state, so a golden file is never made again: this script
refuses to write over one. Ids, times and the log's key are fixed; timestamps hold fresh keys and the present time.
The key here protects nothing.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from esign.infra.database import Base, open_database
from esign.trail.checkpoint import Origin
from esign.trail.event import Event, EventType, NewEvent, plain_payload
from esign.trail.export import export_trail
from esign.trail.log import Trail
from esign.trail.vocabulary import Vocabulary
from tests.authority import create_test_authority, present_time
from tests.vectors.trail.edited import sign_anew
from tests.vectors.trail.stored import ORIGIN, place

FOLDER = Path(__file__).parent
DIGEST = "sha256:" + "ab" * 32

CREATED = EventType("envelope.created")
SENT_AT_FIRST = EventType("envelope.sent")
SENT = EventType("envelope.sent", 2, lifts=(lambda old: {**old, "channel": "sms"},))
IDENTIFIED = EventType("recipient.identified")
CONFIRMED = EventType("recipient.confirmed")
SIGNED = EventType("recipient.signed")
DECLINED = EventType("recipient.declined")
SEALED = EventType("document.sealed")
VOCABULARY = Vocabulary((CREATED, SENT, IDENTIFIED, CONFIRMED, SIGNED, DECLINED, SEALED))
"""As it is today. It may gain types and versions, and must never lose one."""

_BEFORE = Vocabulary((CREATED, SENT_AT_FIRST))
_STEPS: tuple[tuple[Vocabulary, str, NewEvent], ...] = (
    (
        _BEFORE,
        "env_golden_1",
        CREATED(original=DIGEST, pages=20, recipients=[{"id": "rec_1", "role": "applicant"}], order=[["rec_1"]]),
    ),
    (_BEFORE, "env_golden_1", SENT_AT_FIRST(recipient="rec_1")),
    (VOCABULARY, "env_golden_2", CREATED(original=DIGEST, pages=1, recipients=[], order=[], expires=None)),
    (VOCABULARY, "env_golden_1", IDENTIFIED(recipient="rec_1", level="not-verified", by="embedded")),
    (VOCABULARY, "env_golden_1", CONFIRMED(recipient="rec_1", manifest=DIGEST)),
    (VOCABULARY, "env_golden_2", SENT(recipient="rec_2", channel="outbox")),
    (VOCABULARY, "env_golden_1", SIGNED(recipient="rec_1", revision=DIGEST, certificate="5a01", accepted=True)),
    (VOCABULARY, "env_golden_2", DECLINED(recipient="rec_2", reason="changed-mind", tries=-1)),
    (VOCABULARY, "env_golden_1", SEALED(document=DIGEST, level="B-LTA", largest=2**53 - 1)),
)
_PUBLISHED_AFTER = {1: 1, 4: 1, 5: 1, 6: 2, 9: 2}
"""Events, and the epoch in which the checkpoint over so many of them was published."""


def fold(events: Iterable[Event]) -> dict[str, Any]:
    """Return what became of each stream, as a projection would: the last payload of each type, in today's form."""
    state: dict[str, Any] = {}
    for event in map(VOCABULARY.current, events):
        stream = state.setdefault(event.stream, {"version": 0, "types": {}})
        stream["version"] = event.version
        stream["types"][event.type] = plain_payload(event)
    return state


def make(version: str) -> None:
    """Write golden-<version>.jsonl, and what it folds to."""
    exported, folded = FOLDER / f"golden-{version}.jsonl", FOLDER / f"golden-{version}.folded.json"
    if exported.exists():
        sys.exit(f"{exported.name} is there already, and a golden trail is made once")
    events = []
    with tempfile.TemporaryDirectory() as folder:
        authority = create_test_authority(Path(folder) / "ca")
        database = open_database(f"sqlite:///{folder}/golden.db")
        Base.metadata.create_all(database.engine)
        start = present_time().replace(microsecond=250_000)
        ids = _ids()
        versions: dict[str, int] = {}
        for number, (vocabulary, stream, new) in enumerate(_STEPS, start=1):
            with database.transaction() as session:
                events += Trail(vocabulary, new_id=lambda _: next(ids)).append(
                    session,
                    stream,
                    versions.get(stream, 0),
                    [new],
                    actor="client:key_golden",
                    time=start + timedelta(seconds=number),
                )
            versions[stream] = versions.get(stream, 0) + 1
            place(database)
            if number in _PUBLISHED_AFTER:
                origin = Origin(ORIGIN.log, _PUBLISHED_AFTER[number])
                sign_anew(database, authority.timestamp_authority, origin=origin)
        with database.reading() as session, exported.open("xb") as file:
            export_trail(session, file)
        database.close()
    folded.write_text(json.dumps(fold(events), indent=1, sort_keys=True) + "\n")


def _ids() -> Iterator[str]:
    return (f"evt_{number:032x}" for number in range(1, 1000))


if __name__ == "__main__":
    make(sys.argv[1])
