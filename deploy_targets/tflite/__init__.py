"""Deploy target ``tflite``: the network as a ``.tflite`` file that says what it is."""
