"""Pages of needs, strengths, ties and competition."""
