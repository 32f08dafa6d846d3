"""Reports on one model: compiled, measured on a board, and compared with TFLite; as data, as text, as files."""
