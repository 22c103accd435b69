"""Messages between a page and the kernel."""
