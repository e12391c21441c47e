"""Every change to networks and plans."""

from isthmus.apps.networks.actions.plans import ask_for_plan, end_without_result, record_result, remove_plan

__all__ = ["ask_for_plan", "end_without_result", "record_result", "remove_plan"]
