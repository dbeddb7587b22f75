"""Clocks that break: each alarm once, with an owner, told to the manager, until one of them says what is done."""
