"""Learning: what a learning block is made of, and training it.

Every module here that holds a block is found by :mod:`pipelines.blocks`; none imports
TensorFlow before it trains, so that a form can be drawn without it.
"""
