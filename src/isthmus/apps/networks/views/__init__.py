"""Pages of networks and of plans."""
