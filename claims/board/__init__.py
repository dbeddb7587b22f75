"""The board of the team lead: every open claim by age and step, most urgent first, and who it is given to."""
