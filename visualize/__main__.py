"""``python -m visualize`` is the command ``autograd-lite``."""

import sys

from .cli import main

sys.exit(main())
