"""Deploy target ``tflm``: a TensorFlow Lite Micro project with our features, our memory plan and an exact arena."""
