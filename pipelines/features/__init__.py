"""Feature blocks: what turns a window of samples into the numbers that a model learns from.

One block a file; the file's class is decorated with :func:`pipelines.blocks.register` and is found by
itself. What a block computes is written once, in C99, under ``native/``: the server calls it as a shared
library (:mod:`pipelines.features.native_block`), and the same text goes into what is exported.
"""
