"""Signing in: the ways in, the second step, open sessions. The pages and flows are allauth's, the words are ours."""
