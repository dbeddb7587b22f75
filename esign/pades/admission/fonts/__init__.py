"""Which glyph a character code of a PDF font leads to, as far as it can be known without drawing anything."""
