"""Paying claims: the bank behind a port, its simulated stand-in, payment files (ISO 20022), and who may be paid."""
