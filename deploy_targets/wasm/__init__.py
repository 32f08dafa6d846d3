"""Deploy target ``wasm``: the pipeline as one WebAssembly module for browsers and Node."""
