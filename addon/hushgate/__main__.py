"""`python -m hushgate`."""

import sys

from hushgate.cli import main

sys.exit(main())
