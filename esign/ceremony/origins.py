"""Where a file came from: files of one origin may be read by one process of the quarantine (ADR 0034).

An origin is a salesperson, or the institution or the client where none is named: who could bring a hostile file meets
only what they brought themselves. What judges is apart from what reads and writes: it read no file for another end.
"""

from __future__ import annotations

from esign.ceremony.domain import Envelope


def brought_by(client: str, institution: str | None, salesperson: str | None) -> str:
    """Return the origin of the documents that this client brings for these."""
    return f"{client}/{institution or ''}/{salesperson or ''}"


def origin_of(envelope: Envelope) -> str:
    """Return the origin of the envelope's documents."""
    return brought_by(envelope.client, envelope.institution, envelope.salesperson)


def judged_origin_of(envelope: Envelope) -> str:
    """Return the same for the processes that judge them."""
    return f"judged/{origin_of(envelope)}"
