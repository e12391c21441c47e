"""What people are told by mail about networks and plans."""
