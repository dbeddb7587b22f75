"""What is done about proposals over an open house: entered, sent, heard of, paid, issued, withdrawn."""
