"""Run networks: tensors and model bytes, not people.

Each module imports its package at the top, so import only the requested runtime, and only when it
is requested.
"""
