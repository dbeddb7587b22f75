"""Evidence bundles: one envelope in one file that an auditor checks without us (docs/evidence-bundle.md)."""
