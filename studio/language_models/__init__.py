"""Language models: folders of weights that a project's members upload, or that lie on the server already."""
