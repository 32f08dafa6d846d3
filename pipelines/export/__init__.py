"""A trained model in other formats: one file per format."""
