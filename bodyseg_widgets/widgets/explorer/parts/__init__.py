"""What opens beside the panels: one module per part, and the table of all of them."""
