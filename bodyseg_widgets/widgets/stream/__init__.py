"""One model on one source."""
