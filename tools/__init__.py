"""Writes what both languages know, from the Python side."""
