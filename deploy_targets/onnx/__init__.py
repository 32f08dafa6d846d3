"""Deploy target ``onnx``: the network for ONNX Runtime and everything that reads its format."""
