"""`python -m hushgate`."""

import sys

from hushgate.cli import main

if __name__ == "__main__":
    sys.exit(main())
