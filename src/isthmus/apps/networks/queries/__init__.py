"""Reads of networks and of plans."""
