"""Judges files as a command does: each in a process that can be ended, one file at once or a folder of thousands."""
