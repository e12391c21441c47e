"""What people type about networks and plans, checked."""
