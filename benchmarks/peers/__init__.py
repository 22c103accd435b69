"""Other ways to show a camera's masks in a browser, measured like the widgets."""
