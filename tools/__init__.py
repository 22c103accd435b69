"""Write what both languages share, from the Python side."""
