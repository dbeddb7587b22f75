"""Makes the small archives that fuzzing of containers starts from: `python -m tests.fuzz.make_container_seeds`.

They hold no keys and no signatures: what is asked is what readers find in an archive, and that they find the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from esign.bundle.layout import CONTAINER_TYPE, ENVELOPE, EVENTS, MANIFEST, MIMETYPE, README, SIGNATURE
from esign.bundle.set_index import INDEX_LINES, INDEX_TABLE, IndexRow, file_name, index_lines, index_table
from esign.bundle.zip_stream import DEFLATED, STORED, ZipStream
from tests.fuzz.judged import SEEDS

_KIND: Final = "container"


def archive(members: Mapping[str, bytes], *, method: int) -> bytes:
    """Return an archive of these members; `mimetype` is always stored."""
    stream = ZipStream()
    made = [
        chunk
        for name, content in members.items()
        for chunk in stream.entry(name, content, method=STORED if name == MIMETYPE else method)
    ]
    return b"".join((*made, *stream.end()))


def main() -> None:
    """Write the seeds."""
    members = {
        MIMETYPE: CONTAINER_TYPE,
        ENVELOPE: b'{"schema":"esign-bundle/1"}',
        EVENTS: b'{"event":{},"leaf":"","position":0}\n' * 8,
        README: b"<!doctype html>" + b"<p>word</p>" * 40,
        MANIFEST: b"<asic:ASiCManifest/>",
        SIGNATURE: bytes(range(48)),
    }
    bundles = {f"env_{number}": archive({**members, README: b"%d" % number}, method=STORED) for number in (1, 2)}
    rows = [
        IndexRow(envelope, len(content), hashlib.sha256(content).hexdigest(), state="completed")
        for envelope, content in bundles.items()
    ]
    rows.append(IndexRow("env_3", problem="record-erased"))
    files = {file_name(envelope): content for envelope, content in bundles.items()}
    folder = SEEDS / _KIND
    folder.mkdir(exist_ok=True)
    for name, made in {
        "stored": archive(members, method=STORED),
        "deflated": archive(members, method=DEFLATED),
        "set": archive({**files, INDEX_TABLE: index_table(rows), INDEX_LINES: index_lines(rows)}, method=STORED),
    }.items():
        (folder / name).write_bytes(made)


if __name__ == "__main__":
    main()
