"""Surveys: what is asked (`instruments`), and what can be said of the answers: scales, agreement, estimates, change."""
