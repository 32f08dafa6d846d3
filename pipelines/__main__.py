"""``python -m pipelines REQUEST.json``: see :mod:`pipelines.request`."""

import sys

from pipelines.request import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
