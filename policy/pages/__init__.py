"""Pages of the room for staff, in the console at `/console/policy/...`.

console      the part of the console: every page, its entries, its sentences
sales_*      the salesperson's: list, new proposal, one proposal
"""
