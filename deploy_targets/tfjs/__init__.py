"""Deploy target ``tfjs``: the network for TensorFlow.js, the features as WebAssembly, an npm package and a page."""
