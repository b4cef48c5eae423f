"""The executable specifications of the two protocols, and tests that hold the real parts against them."""
