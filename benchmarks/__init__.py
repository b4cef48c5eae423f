"""Speeds against floors measured in the same run: `make bench`. Nothing here is a test; quote the ratios."""

import sys
from pathlib import Path

# The helpers of the tests, which start hubs and terminals here too, find each other in their own folder.
sys.path.append(str(Path(__file__).parents[1] / "tests"))
