"""Staff of the insurer: who they are, where they belong, what they may do, and what takes two of them."""
