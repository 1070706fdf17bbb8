"""From what is measured and inferred to one face."""
