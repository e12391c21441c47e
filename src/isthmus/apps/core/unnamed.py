"""The addresses where people answer without a name; what surrounds a request there knows and keeps nothing of them."""

PREFIX = "/a/"
