"""Renewal: sealed documents get a fresh timestamp before the last one's certificate or algorithm ends."""
