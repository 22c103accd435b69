"""What every widget is built with: assets, boxes, buttons, sliders and live figures."""
