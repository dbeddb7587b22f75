"""The completion certificate: what happened in an envelope, on paper, for the people who signed and for a court.

content       what it says, as values
gathering     collects that from the trail and the service's records
words         the words, Chinese and English side by side
typesetting   the pages: PDF/A and PDF/UA by typst
certifying    the task that makes it once, after a checkpoint covers the completion, and seals it
certificates  where it is kept and read
"""
