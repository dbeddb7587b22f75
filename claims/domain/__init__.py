"""Claims, pure: what can happen, what may be asked, what follows. No I/O, no clock.

`decide` turns a command into events, `evolve` folds events into a claim, `next_moves` says who acts next. Nothing is
paid without adjudication, nothing twice, and a blocked claim never without a person.
"""

from claims.domain.decide import decide
from claims.domain.evolve import evolve, fold
from claims.domain.next_actor import Move, next_moves
from claims.domain.refusal import RefusalWords, catalogue
from claims.domain.state import Claim
from claims.domain.table import Actor

__all__ = ["Actor", "Claim", "Move", "RefusalWords", "catalogue", "decide", "evolve", "fold", "next_moves"]
