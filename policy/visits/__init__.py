"""The return visit (回访): questions by link or telephone in the hesitation period, and what they raise."""
