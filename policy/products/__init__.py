"""Products as data: versions, rates, occupations and checklists, read strictly from `policy/data/`."""
