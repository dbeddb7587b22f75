"""What an exported trail knows of a file, with no service at hand: recomputed whole, then indexed by digest."""

from __future__ import annotations

import base64
from array import array
from collections.abc import Collection, Mapping
from typing import BinaryIO

from esign.ceremony.erasing import ERASED
from esign.ceremony.recognition.envelope import PREFIX, recognise, recorded_digests, recording_of
from esign.trail.checkpoint import SignedCheckpoint, parse_checkpoint
from esign.trail.errors import ExportRefused
from esign.trail.event import Event, canonical, event_of, load_json
from esign.trail.merkle import HASH_SIZE, Frontier, Node, Tree, leaf_hash
from esign.trail.proof import InclusionProof
from esign.trail.recheck import LINE_AT_MOST, ExportVerdict, TimestampCheck, verify_export
from esign.verify.acceptance.knowledge import Knowledge, NotRecognised


class ExportedTrail:
    """A `TrailKnowledge` over an export. `verdict` is what the export was found to be.

    Memory: 64 bytes for each event's place in the tree, and some hundred for each envelope and each digest.
    """

    def __init__(self, file: BinaryIO, keys: Collection[bytes], *, timestamps: TimestampCheck | None = None) -> None:
        """Verify the whole export and index it; `file` is seekable, and stays open for as long as it is asked.

        `keys` are the log's Ed25519 public keys (32 bytes each), had from elsewhere. Raises `ExportRefused`, and what
        `timestamps` raises.
        """
        self._file = file
        self._keys = frozenset(keys)
        file.seek(0)
        self.verdict: ExportVerdict = verify_export(file, self._keys, timestamps=timestamps)
        self._nodes = _Nodes()
        self._envelopes: dict[str, array[int]] = {}
        self._streams: dict[str, str] = {}
        self._erased: set[str] = set()
        self._checkpoint = self._index()

    @property
    def keys(self) -> frozenset[bytes]:
        return self._keys

    def about(self, sha256: str) -> Knowledge:
        """See `TrailKnowledge`. Raises `ExportRefused` where the file changed meanwhile, `BrokenTrail`."""
        stream = self._streams.get(sha256)
        if stream is None:
            return NotRecognised(self.verdict.fixed_at)
        placed = [self._event_at(offset) for offset in self._envelopes[stream]]
        events = [event for _position, event in placed]
        recording = recording_of(events, sha256)
        if recording is None:
            raise _changed()
        position = next(position for position, event in placed if event == recording.event)
        path = Tree(self._nodes, self._nodes.size).inclusion_path(position)
        proof = InclusionProof(canonical(recording.event), position, path, self._checkpoint)
        return recognise(
            events,
            recording,
            sha256,
            as_of=self.verdict.fixed_at,
            proof=proof.encode(),
            erased=stream in self._erased,
        )

    def _index(self) -> SignedCheckpoint:
        """Remember where each envelope's events lie, which digests they record, and every node of the tree."""
        checkpoint: SignedCheckpoint | None = None
        self._file.seek(0)
        while True:
            offset = self._file.tell()
            line = self._read_line()
            if line is None:
                break
            if "checkpoint" in line:
                checkpoint = parse_checkpoint(base64.b64decode(str(line["checkpoint"])))
            elif "event" in line:
                self._enter(event_of(line["event"]), offset)
        if checkpoint is None or self._nodes.size != self.verdict.events:
            raise _changed()
        return checkpoint

    def _enter(self, event: Event, offset: int) -> None:
        self._nodes.append(leaf_hash(canonical(event)))
        if event.type == ERASED.name:
            self._erased.add(str(event.payload.get("envelope")))
        if event.stream.startswith(PREFIX):
            self._envelopes.setdefault(event.stream, array("Q")).append(offset)
            self._streams.update((digest, event.stream) for digest, _recording in recorded_digests(event))

    def _event_at(self, offset: int) -> tuple[int, Event]:
        self._file.seek(offset)
        line = self._read_line()
        position = None if line is None else line.get("position")
        if line is None or not isinstance(position, int):
            raise _changed()
        return position, event_of(line.get("event"))

    def _read_line(self) -> Mapping[str, object] | None:
        data = self._file.readline(LINE_AT_MOST + 1)
        line = load_json(data) if data else None
        if line is not None and not isinstance(line, dict):
            raise _changed()
        return line


class _Nodes:
    """Every full node of the tree: a `NodeSource` in memory."""

    def __init__(self) -> None:
        self._frontier = Frontier()
        self._levels: list[bytearray] = []

    @property
    def size(self) -> int:
        return self._frontier.size

    def append(self, leaf: bytes) -> None:
        for node, computed in self._frontier.append(leaf):
            if node.level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[node.level] += computed

    def hashes(self, nodes: Collection[Node]) -> Mapping[Node, bytes]:
        """See `NodeSource`."""
        return {
            node: bytes(self._levels[node.level][HASH_SIZE * node.index : HASH_SIZE * (node.index + 1)])
            for node in nodes
        }


def _changed() -> ExportRefused:
    return ExportRefused(
        "export-changed", "the exported trail changed while it was read", "copy it to a place that nobody writes to"
    )
