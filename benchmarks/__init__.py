"""Scripts that measure speed and memory against a peer, in one run. They assert nothing."""
