"""Programs that compile a network for WebLLM: run by a Python that has ``tvm``, and by nothing else here imported."""
