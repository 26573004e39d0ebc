"""``python -m visualize`` is the command ``autograd-lite``."""

import sys

from .commands.cli import main

sys.exit(main())
