"""Files that are handed in to be judged: by anybody on the public page, by clients, by officers in the console."""
