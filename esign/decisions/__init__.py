"""Decision tables for every room: JSON of zen-engine, read strictly, evaluated with a trace that is kept (ADR 0054)."""
