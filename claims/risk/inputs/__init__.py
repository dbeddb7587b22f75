"""The inputs that the tables compare, computed from facts: for each step its columns and a pure function."""
