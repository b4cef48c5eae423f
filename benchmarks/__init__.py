"""Speeds against floors measured in the same run: `make bench`. Nothing here is a test; quote the ratios."""
