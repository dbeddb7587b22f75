"""Our payments and the bank's statement are compared, entry by entry; what does not fit gets an owner."""
