"""Networks and plans as files."""
