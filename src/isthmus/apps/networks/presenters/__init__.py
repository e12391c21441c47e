"""Networks and plans as pages and files show them."""
