"""One model's picture, with its controls and effects."""
