"""Deploy target ``platformio``: a project that PlatformIO builds, with the pipeline as a library in it."""
