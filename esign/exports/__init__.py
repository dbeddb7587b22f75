"""Exports: evidence bundles made from what the service keeps, one by one or as sets, each told in the trail first."""
