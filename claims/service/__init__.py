"""What is done about claims: entered, advanced, tracked, and the rows that people query."""
