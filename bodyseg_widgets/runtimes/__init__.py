"""How a network is run: tensors and model bytes, not people.

Each module imports its package when it is itself imported, so import the one
runtime that is asked for, when it is asked for.
"""
