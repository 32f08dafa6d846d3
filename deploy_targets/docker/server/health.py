"""Whether the server answers; the exit status says so, for Docker's health check."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request

from .settings import settings_of


def main() -> int:
    address = f"http://127.0.0.1:{settings_of().port}/healthz"
    try:
        with urllib.request.urlopen(address, timeout=3) as response:
            return 0 if response.status == 200 else 1
    except (urllib.error.URLError, OSError) as error:
        print(f"{address}: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
