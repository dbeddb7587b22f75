"""Envelopes and recipients, pure: what can happen, what may be asked, what follows. No I/O, no clock.

`decide` turns a command into events, `evolve` folds events into an envelope, `next_actor` says who acts next.
"""

from esign.ceremony.domain.decide import decide
from esign.ceremony.domain.evolve import evolve, fold
from esign.ceremony.domain.next_actor import Due, Move, deadlines, next_actor
from esign.ceremony.domain.record import VOCABULARY, event_of, new_events
from esign.ceremony.domain.refusal import BrokenTrail, Refusal, RefusalWords, catalogue
from esign.ceremony.domain.state import Envelope, Recipient
from esign.ceremony.domain.table import Actor

__all__ = [
    "VOCABULARY",
    "Actor",
    "BrokenTrail",
    "Due",
    "Envelope",
    "Move",
    "Recipient",
    "Refusal",
    "RefusalWords",
    "catalogue",
    "deadlines",
    "decide",
    "event_of",
    "evolve",
    "fold",
    "new_events",
    "next_actor",
]
