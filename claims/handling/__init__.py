"""What staff see of claims and do about them: sight, who may give which command, the work list, phones."""
