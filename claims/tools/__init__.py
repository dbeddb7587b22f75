"""The tools of claims staff: a form for each, read strictly, filed once with the seconds that it took."""
