"""Deploy target ``docker``: an HTTP server around the wheel."""
