"""The demo: a contract, two people, their handwriting and faces, and the picture tour of what was made.

Everything here is invented: company, product, people, numbers and amounts.
"""
