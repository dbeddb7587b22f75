"""Forty thousand motor claims of one year with planted rings, through the real commands: `make simulate-claims`.

It is built on top of the product; no package of the product knows it. What it makes up (`people`, `honest`, `rings`,
`chances`) shares no number and no function with what scores claims: it imports values that a client of the API would
send, and nothing of `claims.risk` but the index that pictures are entered in.
"""
