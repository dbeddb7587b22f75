"""Known attacks on signed PDFs and honest oddities, each made here, with the verdict that is due and its source."""
