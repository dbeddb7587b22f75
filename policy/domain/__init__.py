"""Proposals, policies and service requests, pure: what can happen, what may be asked, what follows. No I/O, no clock.

`decide` turns a command into events, `evolve` folds events into a proposal, `next_moves` says who acts next; the same
for service requests. Nothing is issued without money, and money is never taken twice.
"""

from policy.domain.decide import decide
from policy.domain.evolve import evolve, fold
from policy.domain.next_actor import Move, due_day, next_moves
from policy.domain.refusal import RefusalWords, catalogue
from policy.domain.requests import Request, decide_request, evolve_request, fold_request
from policy.domain.state import Proposal
from policy.domain.table import Actor

__all__ = [
    "Actor",
    "Move",
    "Proposal",
    "RefusalWords",
    "Request",
    "catalogue",
    "decide",
    "decide_request",
    "due_day",
    "evolve",
    "evolve_request",
    "fold",
    "fold_request",
    "next_moves",
]
