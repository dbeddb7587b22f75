"""The tree of institutions as deliveries see it: four levels, and ways down from a print centre. Pure."""
