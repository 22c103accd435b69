"""Several models on the same frame: differences, agreement, profiles and sweeps."""
