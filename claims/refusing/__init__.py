"""The notice of a refusal: set, sealed, kept, recorded, told."""
