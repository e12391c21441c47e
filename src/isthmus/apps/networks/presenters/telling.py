"""How changes of networks read in a history, and how what was changed is found."""

from __future__ import annotations

from django.urls import reverse

from isthmus.apps.core.stories import tell, things
from isthmus.apps.networks.models import MembershipImport, Network

tell(
    {
        "layer.keep": "wrote down the layer",
        "layer.remove": "removed the layer",
        "network.found": "wrote down the network",
        "network.change": "changed the network",
        "network.dissolve": "dissolved the network",
        "network.remove": "removed the network",
        "network.join": "added a member",
        "network.membership": "changed a membership",
        "network.remove_membership": "took away a membership",
        "network.sub_group": "wrote down a sub-group",
        "memberships.give": "gave the file",
        "memberships.apply": "applied it",
        "memberships.put_aside": "put it aside",
    }
)
things(
    "networks.network",
    lambda ids: {
        str(pk): (name, reverse("networks:network", args=[pk]))
        for pk, name in Network.objects.filter(pk__in=ids).values_list("pk", "name")
    },
)
things(
    "networks.membershipimport",
    lambda ids: {
        str(pk): (name, reverse("networks:upload", args=[area, pk]))
        for pk, area, name in MembershipImport.objects.filter(pk__in=ids).values_list(
            "pk", "area", "file_name"
        )
    },
)
