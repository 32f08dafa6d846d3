"""Pipeline designs: what a person draws before it is run."""
