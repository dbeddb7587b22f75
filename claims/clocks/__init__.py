"""Clocks: by when somebody acts, when they are reminded, and who is told when a clock breaks. As data."""
