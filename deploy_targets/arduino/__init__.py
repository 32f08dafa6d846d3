"""Deploy target ``arduino``: the pipeline as a library that the Arduino IDE takes."""
