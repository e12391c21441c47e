"""What people fill in: filters of the list of schools, and the upload of a register file."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from isthmus.apps.register.models import Area, Phase, Status
from isthmus.apps.register.queries import areas_by_name, faiths, trusts
from isthmus.apps.register.queries.search import WITH_FAITH, WITHOUT_FAITH

OPEN, CLOSED, PROPOSED, ALL = "open", "closed", "proposed", "all"
STATUSES = {
    OPEN: (Status.OPEN, Status.PROPOSED_TO_CLOSE),
    CLOSED: (Status.CLOSED,),
    PROPOSED: (Status.PROPOSED_TO_OPEN,),
    ALL: (),
}


class SchoolFilter(forms.Form):
    """Which schools to list. Every field may stay empty."""

    q = forms.CharField(label="Name, URN, postcode, town or trust", max_length=100, required=False)
    area = forms.ModelChoiceField(Area.objects.none(), label="Authority", required=False, empty_label="Any")
    trust = forms.ModelChoiceField(Area.objects.none(), label="Trust", required=False, empty_label="Any")
    phase = forms.ChoiceField(label="Phase", required=False, choices=[("", "Any"), *Phase.choices])
    faith = forms.ChoiceField(label="Faith", required=False)
    status = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "Open"), (CLOSED, "Closed"), (PROPOSED, "Proposed to open"), (ALL, "All")],
    )

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, auto_id="filter-%s")
        area = self.data.get("area", "")
        self.fields["area"].queryset = areas_by_name()  # type: ignore[attr-defined]  # it is a ModelChoiceField
        chosen = (
            areas_by_name().filter(pk=int(area)).first()
            if area.isascii() and area.isdigit() and len(area) < 12
            else None
        )
        self.fields["trust"].queryset = trusts(chosen)  # type: ignore[attr-defined]  # as above
        self.fields["faith"].choices = [  # type: ignore[attr-defined]  # it is a ChoiceField
            ("", "Any"),
            (WITH_FAITH, "Any religious character"),
            (WITHOUT_FAITH, "No religious character"),
            *((faith, faith) for faith in faiths()),
        ]

    def asked(self) -> dict[str, Any]:
        """The filters as `queries.search` takes them; a filter that makes no sense is left out."""
        self.is_valid()
        data = self.cleaned_data
        return {
            "text": data.get("q", ""),
            "authority": data.get("area"),
            "trust": data.get("trust"),
            "phase": data.get("phase", ""),
            "faith": data.get("faith", ""),
            "statuses": STATUSES[data.get("status") or OPEN],
        }


class UploadForm(forms.Form):
    """A file of the public register."""

    file = forms.FileField(
        label="Register file",
        help_text="A CSV file, or the ZIP file it came in. It is checked first; nothing is written until you say so.",
    )
    date = forms.DateField(
        label="Date of the file",
        required=False,
        widget=forms.DateInput(),
        help_text="Only where the file's name has no date.",
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
        """Refuse what is too large before it is kept."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if file.size and file.size > settings.UPLOAD_LIMIT:
            most = settings.UPLOAD_LIMIT // 2**20
            raise ValidationError(f"The register file must be {most} MB or smaller")
        return file

    def clean_date(self) -> Any:
        """A date in the past."""
        day = self.cleaned_data["date"]
        if day and day > timezone.localdate():
            raise ValidationError("The date of the file must be today or earlier")
        return day
