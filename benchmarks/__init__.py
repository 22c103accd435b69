"""Scripts that measure speed and memory beside a peer, in one run. They assert nothing."""
