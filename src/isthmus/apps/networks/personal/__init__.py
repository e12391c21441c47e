"""Personal data of networks and of plans: who made what, who reads and answers."""

from isthmus.apps.networks.personal import asking, consulting, files, plans

__all__ = ["asking", "consulting", "files", "plans"]
