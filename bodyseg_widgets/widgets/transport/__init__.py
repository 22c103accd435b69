"""How messages travel between a page and the kernel."""
