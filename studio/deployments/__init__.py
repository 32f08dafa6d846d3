"""Deployments: a model built for a target and a board, as a zip to download."""
