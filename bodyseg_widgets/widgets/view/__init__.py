"""One model's view, with its controls and effects."""
