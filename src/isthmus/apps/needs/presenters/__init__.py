"""Needs, strengths, ties and competition as pages show them."""
