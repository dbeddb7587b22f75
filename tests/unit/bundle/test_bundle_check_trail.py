"""The trail in a bundle: whoever edits, drops, adds or reorders an event, or writes the history anew, is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from esign.bundle.checking.check import check_bundle
from esign.bundle.checking.container import open_container
from esign.bundle.checking.members import Members
from esign.bundle.checking.trail import check_trail, check_whole_streams
from esign.bundle.checking.verdict import BundleFinding, Findings
from esign.bundle.description import encode_description
from esign.bundle.layout import CHECKPOINT, EVENTS, LOG_KEY, PROOFS, SIGNATURE
from esign.bundle.trail_members import ProvenEvent, ProvenTrail, encode_events
from esign.trail.checkpoint import Checkpoint, Origin, sign_checkpoint, timestamp_checkpoint
from esign.trail.event import LoggedEvent, canonical
from esign.trail.merkle import Frontier, Node, Tree, leaf_hash
from esign.trail.note import Ed25519NoteKey, NoteVerifier
from esign.verify.detached import Beside
from esign.verify.report import Severity
from tests.bundles import Case, container_of, trail_members
from tests.service import system_now


def findings_of(case: Case, members: dict[str, bytes], *, key: str | None = None) -> tuple[BundleFinding, ...]:
    """Return the errors in these members of `trail/`, with the streams that the envelope's description asks for."""
    findings = Findings()
    read = Members(open_container(container_of(members)), findings)
    keys = [NoteVerifier.from_vkey(key or case.log_key)]
    events, _head = check_trail(read, findings, keys, Beside(case.trust, system_now()))
    check_whole_streams(events, case.description.streams, findings)
    return tuple(finding for finding in findings.all() if finding.severity is Severity.ERROR)


def codes(found: Sequence[BundleFinding]) -> set[str]:
    return {finding.code for finding in found}


def edited(one: ProvenEvent) -> ProvenEvent:
    """Return the event as it would be a microsecond later."""
    return replace(one, event=replace(one.event, time=one.event.time + timedelta(microseconds=1)))


def rebuilt(case: Case, events: Sequence[ProvenEvent], key: Ed25519NoteKey | None = None) -> ProvenTrail:
    """Return a trail of exactly these events with a root and proofs of its own, signed by a key of somebody's."""
    nodes: dict[Node, bytes] = {}
    frontier = Frontier()
    for one in events:
        nodes.update(frontier.append(leaf_hash(canonical(one.event))))
    tree = Tree(_Nodes(nodes), len(events))
    placed = [replace(one, position=n, path=tree.inclusion_path(n)) for n, one in enumerate(events)]
    head = Checkpoint(case.trail.checkpoint.checkpoint.origin, len(events), tree.root())
    note_key = key or case.key
    signed = timestamp_checkpoint(sign_checkpoint(head, note_key), case.authority.timestamp_authority)
    vkey = head.origin.verifier(note_key.public_key).vkey
    return ProvenTrail(placed, signed, vkey)


class _Nodes:
    def __init__(self, nodes: dict[Node, bytes]) -> None:
        self._nodes = nodes

    def hashes(self, nodes: object) -> dict[Node, bytes]:
        return {node: self._nodes[node] for node in nodes}  # type: ignore[attr-defined]


def test_the_trail_as_it_was_made_is_right(case: Case) -> None:
    assert findings_of(case, trail_members(case.trail)) == ()


def test_every_event_that_is_edited_is_named(case: Case) -> None:
    """Also where its leaf was computed anew: what it was is fixed by the root."""
    for place, one in enumerate(case.trail.events):
        changed = [*case.trail.events[:place], edited(one), *case.trail.events[place + 1 :]]
        found = findings_of(case, trail_members(replace(case.trail, events=changed)))
        assert codes(found) == {"event-not-proven"}
        assert [finding.facts["event"] for finding in found] == [one.event.id]


def test_every_event_whose_leaf_was_left_is_named_by_its_line(case: Case) -> None:
    lines = encode_events(case.trail.events).splitlines(keepends=True)
    for place, one in enumerate(case.trail.events[::5]):
        changed = [*lines]
        changed[place * 5] = lines[place * 5].replace(f'"version":{one.event.version}'.encode(), b'"version":99')
        found = findings_of(case, {**trail_members(case.trail), EVENTS: b"".join(changed)})
        assert {"event-leaf-differs", "event-not-proven", "event-missing"} <= codes(found)


def test_every_event_that_is_dropped_is_missed(case: Case) -> None:
    for place, one in enumerate(case.trail.events):
        left = [*case.trail.events[:place], *case.trail.events[place + 1 :]]
        found = findings_of(case, trail_members(replace(case.trail, events=left)))
        assert codes(found) == {"event-missing"}
        assert found[0].facts["versions"] == str(one.event.version)
        assert found[0].facts["stream"] == one.event.stream


def test_a_truncated_trail_is_found_by_the_description_and_by_its_own_events(case: Case) -> None:
    left = replace(case.trail, events=case.trail.events[:-3])
    members = {**case.members, **trail_members(left)}
    assert "event-missing" in codes(check_bundle(case.bundle(members), case.question()).findings)
    streams = {**case.description.streams, case.envelope.id: case.description.streams[case.envelope.id] - 3}
    told = replace(case.description, streams=streams)
    members["envelope.json"] = encode_description(told)
    found = codes(check_bundle(case.bundle(members), case.question()).findings)
    assert "description-differs" in found
    assert "event-missing" not in found


def test_events_in_another_order_are_found(case: Case) -> None:
    turned = [case.trail.events[1], case.trail.events[0], *case.trail.events[2:]]
    assert {"events-out-of-order", "event-missing"} <= codes(
        findings_of(case, trail_members(replace(case.trail, events=turned)))
    )


def test_an_event_that_is_there_twice_is_found(case: Case) -> None:
    doubled = [*case.trail.events, case.trail.events[-1]]
    assert {"event-doubled", "events-out-of-order", "event-missing"} <= codes(
        findings_of(case, trail_members(replace(case.trail, events=doubled)))
    )


def test_a_rewritten_and_rehashed_tail_has_a_root_that_nobody_signed(case: Case) -> None:
    """The events after some point are others, every leaf, path and root is right, and the checkpoint is the old one."""
    tail = [*case.trail.events[:-5], *map(edited, case.trail.events[-5:])]
    forged = rebuilt(case, tail)
    members = {**trail_members(forged), CHECKPOINT: case.trail.checkpoint.signed.encode()}
    members["trail/checkpoint.tst"] = case.trail.checkpoint.token.der
    found = findings_of(case, members)
    assert {"proofs-stale", "event-not-proven"} <= codes(found)


def test_a_rewritten_trail_under_a_checkpoint_of_another_key_is_forged(case: Case) -> None:
    key = Ed25519NoteKey(Ed25519PrivateKey.generate())
    forged = rebuilt(case, [*case.trail.events[:-5], *map(edited, case.trail.events[-5:])], key)
    found = findings_of(case, trail_members(forged))
    assert codes(found) == {"checkpoint-forged", "log-key-differs"}
    verdict = check_bundle(case.bundle({**case.members, **trail_members(forged)}), case.question(log_keys=()))
    assert "log-key-not-named" in {finding.code for finding in verdict.findings}


def test_a_checkpoint_with_a_byte_of_its_text_changed_is_forged(case: Case) -> None:
    note = case.trail.checkpoint.signed.encode()
    size = case.trail.checkpoint.checkpoint.size
    changed = note.replace(f"\n{size}\n".encode(), f"\n{size + 1}\n".encode(), 1)
    found = findings_of(case, {**trail_members(case.trail), CHECKPOINT: changed})
    assert {"checkpoint-forged", "checkpoint-timestamp-wrong", "proofs-stale"} <= codes(found)


def test_a_timestamp_of_another_checkpoint_is_found(case: Case) -> None:
    token = case.authority.timestamp_authority.timestamp(bytes(32)).der
    found = findings_of(case, {**trail_members(case.trail), "trail/checkpoint.tst": token})
    assert codes(found) == {"checkpoint-timestamp-wrong"}


def test_stale_proofs_are_found(case: Case) -> None:
    """Proofs to the root of an earlier head: true once, and no proof under this checkpoint."""
    earlier = rebuilt(case, case.trail.events[:-2])
    members = {**trail_members(case.trail), PROOFS: trail_members(earlier)[PROOFS]}
    assert {"proofs-stale", "proofs-of-other-events", "event-not-proven"} <= codes(findings_of(case, members))


def test_proofs_of_which_one_was_edited_name_the_event(case: Case) -> None:
    one = case.trail.events[7]
    wrong = replace(one, path=(bytes(32), *one.path[1:]))
    changed = replace(case.trail, events=[*case.trail.events[:7], wrong, *case.trail.events[8:]])
    (finding,) = findings_of(case, trail_members(changed))
    assert (finding.code, finding.facts["event"]) == ("event-not-proven", one.event.id)


@pytest.mark.parametrize(
    ("member", "content", "code"),
    [
        (EVENTS, b"", "event-malformed"),
        (EVENTS, b"{}\n", "event-malformed"),
        (EVENTS, b"[" * 100_000 + b"\n", "event-malformed"),
        (EVENTS, b'{"event":{},"leaf":"","position":1e9}\n', "event-malformed"),
        (PROOFS, b"{}", "proofs-malformed"),
        (PROOFS, b'{"proofs":[{"hashes":["zz"],"position":0}],"root":"","size":1}', "proofs-malformed"),
        (PROOFS, b'{"proofs":[],"root":"","size":1} ', "proofs-malformed"),
        (CHECKPOINT, b"hello\n", "checkpoint-malformed"),
        (LOG_KEY, b"hello\n", "log-key-malformed"),
        ("trail/checkpoint.tst", b"\x30\x80", "checkpoint-timestamp-wrong"),
    ],
)
def test_what_is_no_trail_is_told_and_never_raised(case: Case, member: str, content: bytes, code: str) -> None:
    assert code in codes(findings_of(case, {**trail_members(case.trail), member: content}))


def test_a_key_of_another_log_judges_nothing(case: Case) -> None:
    other = Origin("other.insurer.example/trail").verifier(case.key.public_key).vkey
    assert "log-key-of-other-log" in codes(findings_of(case, trail_members(case.trail), key=other))


def test_events_of_streams_that_the_bundle_is_not_about_are_named(case: Case) -> None:
    findings = Findings()
    streams = {name: count for name, count in case.description.streams.items() if name != case.envelope.id}
    check_whole_streams([LoggedEvent(one.position, one.event) for one in case.trail.events], streams, findings)
    assert [finding.facts["stream"] for finding in findings.all()] == [case.envelope.id]


def test_the_timestamp_and_the_seal_hold_after_their_certificates_have_ended(case: Case, bundle: bytes) -> None:
    """What the manifest's timestamp covers is judged at its time; the timestamp itself at the time of asking."""
    verdict = check_bundle(bundle, case.question(at=system_now() + timedelta(days=40)))
    assert {finding.code for finding in verdict.findings} <= {"signature-time-open", "signature-open", "document-open"}
    assert SIGNATURE not in {finding.member for finding in verdict.findings if finding.severity is Severity.ERROR}
