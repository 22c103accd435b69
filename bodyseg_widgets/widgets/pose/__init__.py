"""Plots of poses in space and over time."""
