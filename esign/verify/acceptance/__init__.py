"""Whether a document is one that we accept: the second verdict, by a named policy that is data.

The signature verdict says that signatures are valid. This one asks whether they are those of our contract.
"""
