"""Deliveries, pure: what can happen to a policy on its way to the signed receipt, what may be asked, what follows.

`decide` turns a command into events, `evolve` folds events into a delivery, `next_move` says who acts next, and
`standing` how it counts in the 15-day rate. No I/O, no clock.
"""

from delivery.domain.decide import decide
from delivery.domain.evolve import evolve, fold
from delivery.domain.figure import Rate, Standing, rate_of, standing
from delivery.domain.next_actor import Move, next_move, next_moves, wants_reminder, watch_day
from delivery.domain.routes import RouteTable, decide_route, evolve_route
from delivery.domain.state import Delivery
from delivery.domain.table import Owner

__all__ = [
    "Delivery",
    "Move",
    "Owner",
    "Rate",
    "RouteTable",
    "Standing",
    "decide",
    "decide_route",
    "evolve",
    "evolve_route",
    "fold",
    "next_move",
    "next_moves",
    "rate_of",
    "standing",
    "wants_reminder",
    "watch_day",
]
