"""Snapshots, recordings and videos of the view."""
