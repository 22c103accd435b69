"""Correct a mask by hand."""
