"""Errors of the trail. Messages name ids, positions and members, never a value out of a payload."""

from __future__ import annotations

from esign.errors import EsignError


class TrailError(EsignError):
    """Something about the trail that the caller, or the operator, can mend."""


class EventRefused(TrailError):
    """An event is not one that the trail takes, or bytes are not an event in canonical form."""


class ConcurrentChange(TrailError):
    """The stream is not at the version that the command was decided on. Read it again and decide anew."""


class StreamBroken(TrailError):
    """Stored events make no state: one is unknown, malformed, or cannot follow."""


class NoteRefused(TrailError):
    """A signed note or checkpoint is malformed, or not signed by whom it must be."""


class ProofRefused(TrailError):
    """A Merkle proof does not prove what it was handed over for."""


class TrailDamaged(TrailError):
    """What is stored contradicts itself or what was signed: somebody changed it around the database's guards."""


class NotCovered(TrailError):
    """No checkpoint covers the event yet."""


class ConsumerStopped(TrailError):
    """A consumer could not handle an event; it stands before it and skips nothing."""


class ExportRefused(TrailError):
    """An exported trail is malformed, or does not add up to the checkpoints in it."""


class WitnessRefused(TrailError):
    """What a witness kept, or hands in to be compared or signed, cannot be used as it is."""


class WitnessContradicted(TrailError):
    """The log signed another trail than the one at hand: somebody kept a checkpoint that is not of it."""


class WitnessLost(TrailError):
    """The trail says that a checkpoint which somebody kept was lost. Only others know whether that is so."""
