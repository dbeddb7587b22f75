"""Staff, institutions and approvals, pure: what can happen, what may be asked, what follows. No I/O, no clock.

For each of the three, `decide` turns a command into events and `evolve` folds events into a state.
"""
