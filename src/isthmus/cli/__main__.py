"""`python -m isthmus.cli` is the `isthmus` command, whatever PATH holds."""

import sys

from isthmus.cli import main

sys.exit(main())
