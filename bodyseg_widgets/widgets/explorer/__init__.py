"""The whole: a source, its models side by side, and everything that changes them."""
