"""What people type about networks, checked."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from isthmus.apps.core.dates import today
from isthmus.apps.core.spreadsheets import MOST_BYTES
from isthmus.apps.networks.actions.existing import Details, mark_of
from isthmus.apps.networks.models import (
    Depth,
    Driver,
    Form,
    Layer,
    LayerKind,
    MemberRole,
    Membership,
    Network,
    SubGroup,
)
from isthmus.apps.register.models import Area, Organisation

DEPTH_WORDS = {
    Depth.NETWORKING: "Networking: we tell each other things",
    Depth.CO_ORDINATION: "Co-ordination: and change what we do so that it fits together",
    Depth.CO_OPERATION: "Co-operation: and share resources",
    Depth.COLLABORATION: "Collaboration: and make each other better, sharing risks, responsibilities and rewards",
}
DRIVER_WORDS = {
    Driver.EXTERNAL_POLITICAL: "From outside: a policy, a programme, a duty",
    Driver.INTERNAL_SOCIAL: "From inside: what children, families and staff here need",
}
UNKNOWN = ("", "Not said yet")


class LayerForm(forms.Form):
    """A layer of networks."""

    name = forms.CharField(label="Name of the layer", max_length=80, help_text="For example ‘Localities’.")
    kind = forms.ChoiceField(label="What its networks have in common", choices=LayerKind.choices)
    for_every_school = forms.BooleanField(
        label="Every school is meant to be in one of its networks", required=False
    )

    def __init__(self, data: QueryDict | None, *, area: Area, layer: Layer | None) -> None:
        initial = (
            {} if layer is None else {f: getattr(layer, f) for f in ("name", "kind", "for_every_school")}
        )
        super().__init__(data, initial=initial)
        self.area, self.layer = area, layer

    def clean_name(self) -> str:
        """A name that no other layer of the area has."""
        name: str = " ".join(self.cleaned_data["name"].split())
        others = Layer.objects.filter(area=self.area, name__iexact=name)
        if (others.exclude(pk=self.layer.pk) if self.layer else others).exists():
            raise ValidationError("Name of the layer: there is one with this name already")
        return name


class NetworkForm(forms.Form):
    """What is said of a network."""

    name = forms.CharField(label="Name", max_length=120)
    layer = forms.ModelChoiceField(Layer.objects.none(), label="Layer", empty_label=None)
    form = forms.ChoiceField(label="How firmly it is bound", choices=Form.choices, widget=forms.RadioSelect)
    purpose = forms.CharField(
        label="What it is for",
        max_length=600,
        required=False,
        widget=forms.Textarea,
        help_text="What it does for children, in a sentence or two.",
    )
    driver = forms.ChoiceField(
        label="What drives it",
        choices=[UNKNOWN, *DRIVER_WORDS.items()],
        required=False,
        widget=forms.RadioSelect,
    )
    initiative = forms.CharField(
        label="Which initiative",
        max_length=200,
        required=False,
        help_text="Where one drives it, such as a programme or a strategy.",
    )
    depth = forms.ChoiceField(
        label="How deep it means to be",
        choices=[UNKNOWN, *DEPTH_WORDS.items()],
        required=False,
        widget=forms.RadioSelect,
    )
    starts = forms.DateField(label="First day", required=False)
    review_on = forms.DateField(label="Next review", required=False)
    public = forms.BooleanField(
        label="Anybody may see what it is for and which schools are in it", required=False
    )
    why = forms.CharField(label="Why you change it", max_length=300, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: QueryDict | None, *, area: Area, network: Network | None) -> None:
        initial: dict[str, Any] = {"form": Form.LOOSE}
        if network is not None:
            initial = {name: getattr(network, name) for name in Details.__dataclass_fields__}
            initial["layer"] = network.layer_id
            initial["seen"] = mark_of(network)
        super().__init__(data, initial=initial)
        self.network = network
        layer = cast("forms.ModelChoiceField[Layer]", self.fields["layer"])
        layer.queryset = Layer.objects.filter(area=area)
        if network is None:
            del self.fields["why"], self.fields["seen"]

    def clean(self) -> dict[str, Any]:
        """A name that is free in the layer, and dates in order."""
        data = self.cleaned_data
        if data.get("name") and data.get("layer"):
            data["name"] = " ".join(data["name"].split())
            others = Network.objects.filter(layer=data["layer"], name__iexact=data["name"])
            if (others.exclude(pk=self.network.pk) if self.network else others).exists():
                self.add_error("name", "Name: this layer has a network with this name already")
        ends = self.network.ends if self.network else None
        if ends and data.get("starts") and data["starts"] > ends:
            self.add_error("starts", "First day: it must not be after the last day of the network")
        return data

    def meanwhile(self, network: Network) -> None:
        """Say what somebody else made of the network, and let the next press of the button count."""
        said = dict(self.fields["depth"].choices)  # type: ignore[attr-defined]  # a choice field
        now = [
            network.name,
            network.layer.name,
            network.get_form_display(),
            network.purpose,
            said.get(network.depth),
        ]
        self.add_error(
            None,
            "Somebody else changed this network while you looked at it. It says now: "
            f"{'; '.join(str(part) for part in now if part)}. What you wrote stands below: save it again if it should "
            "count instead",
        )
        changed = cast("QueryDict", self.data).copy()
        changed["seen"] = mark_of(network)
        self.data = changed

    def details(self) -> Details:
        """The valid form as one value."""
        return Details(**{name: self.cleaned_data[name] for name in Details.__dataclass_fields__})


class Member(forms.ModelChoiceField[Organisation]):
    """An organisation by its name, place and number, so that two of one name are told apart."""

    def label_from_instance(self, obj: Organisation) -> str:
        number = f"URN {obj.urn}" if obj.urn else str(obj.kind_label)
        return ", ".join(filter(None, (obj.name, obj.town or obj.postcode, number)))


class MemberForm(forms.Form):
    """Who joins a network. `organisation` is one of those that a search found."""

    organisation = Member(
        Organisation.objects.none(),
        label="Who joins",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": "Who joins: choose one", "invalid_choice": "Who joins: choose one"},
    )
    role = forms.ChoiceField(label="Their part", choices=MemberRole.choices)
    since = forms.DateField(label="From", required=False, help_text="Leave it empty where nobody knows.")
    why = forms.CharField(label="Why they join", max_length=300, required=False)

    def __init__(self, data: QueryDict | None, *, found: list[Organisation]) -> None:
        super().__init__(
            data, initial={"since": today(), "organisation": found[0].pk if len(found) == 1 else None}
        )
        field = cast("Member", self.fields["organisation"])
        field.queryset = Organisation.objects.filter(pk__in=[one.pk for one in found]).order_by(
            "sort_name", "pk"
        )


class MembershipForm(forms.Form):
    """A membership corrected, or ended by its last day."""

    role = forms.ChoiceField(label="Their part", choices=MemberRole.choices)
    since = forms.DateField(label="First day", required=False)
    until = forms.DateField(label="Last day", required=False, help_text="Empty while they are in it.")
    why_joined = forms.CharField(label="Why they joined", max_length=300, required=False)
    why_left = forms.CharField(label="Why they left", max_length=300, required=False)

    def __init__(self, data: QueryDict | None, *, membership: Membership) -> None:
        fields = ("role", "since", "until", "why_joined", "why_left")
        super().__init__(data, initial={name: getattr(membership, name) for name in fields})


class ReasonForm(forms.Form):
    """Why something is taken away."""

    why = forms.CharField(
        label="Why", max_length=300, error_messages={"required": "Why: write a few words for the record"}
    )


class DissolveForm(ReasonForm):
    """When and why a network ends."""

    last_day = forms.DateField(label="Last day")
    field_order = ("last_day", "why")


class SubGroupForm(forms.Form):
    """A group inside a network."""

    name = forms.CharField(label="Name", max_length=120, help_text="For example ‘Chairs of governors’.")
    purpose = forms.CharField(label="What it is for", max_length=600, required=False)
    ended_on = forms.DateField(label="Last day", required=False, help_text="Empty while it works.")

    def __init__(self, data: QueryDict | None, *, network: Network, sub_group: SubGroup | None) -> None:
        names = ("name", "purpose", "ended_on")
        super().__init__(data, initial={n: getattr(sub_group, n) for n in names} if sub_group else {})
        self.network, self.sub_group = network, sub_group

    def clean_name(self) -> str:
        """A name that no other sub-group of the network has."""
        name: str = " ".join(self.cleaned_data["name"].split())
        others = SubGroup.objects.filter(network=self.network, name__iexact=name)
        if (others.exclude(pk=self.sub_group.pk) if self.sub_group else others).exists():
            raise ValidationError("Name: this network has a sub-group with this name already")
        return name


class SpreadsheetForm(forms.Form):
    """A spreadsheet of who is in what."""

    file = forms.FileField(
        label="Spreadsheet",
        help_text="Excel (.xlsx) or CSV. It is looked through first; nothing is written until you say so.",
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: QueryDict | None, files: MultiValueDict[str, UploadedFile[bytes]] | None
    ) -> None:
        super().__init__(data, files, initial={"token": uuid.uuid4()})

    def clean_token(self) -> uuid.UUID:
        """What tells a double click from a second file; a new one where the page's own was damaged."""
        try:
            return uuid.UUID(self.cleaned_data["token"])
        except ValueError:
            return uuid.uuid4()

    def clean_file(self) -> UploadedFile[bytes]:
        """Refuse what is too large before it is read."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if file.size and file.size > MOST_BYTES:
            raise ValidationError(f"The spreadsheet must be {MOST_BYTES // 2**20} MB or smaller")
        return file


class DayForm(forms.Form):
    """On which day to look."""

    day = forms.DateField(label="On another day", required=False)


def day_asked(query: QueryDict) -> date:
    """The day that an address asks for: three boxes, or ?on=2024-10-01; today where neither makes sense."""
    form = DayForm(query)
    if form.is_valid() and form.cleaned_data["day"]:
        return _sensible(form.cleaned_data["day"])
    try:
        return _sensible(date.fromisoformat(query.get("on", "")))
    except ValueError:
        return today()


def _sensible(day: date) -> date:
    return min(max(day, date(1950, 1, 1)), date(today().year + 10, 12, 31))
