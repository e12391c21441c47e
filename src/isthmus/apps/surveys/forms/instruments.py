"""An area's own instrument as somebody gives it: a file or its text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from isthmus.apps.core.numbers import count
from isthmus.apps.surveys.adapters.instruments import Instrument, InstrumentError, read
from isthmus.apps.surveys.models import Instrument as Kept

MOST_BYTES = 1_000_000


class InstrumentForm(forms.Form):
    """A file, or the text pasted; `instrument` is what it says, once it is valid."""

    one_of = ("file", "text")
    area = forms.ChoiceField(label="For which area", help_text="Whoever asks people there can then use it.")
    file = forms.FileField(
        label="File", required=False, help_text="A text file in the format of instruments (YAML)."
    )
    text = forms.CharField(
        label="Or its text",
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 20, "spellcheck": "false"}),
        help_text="Save one of the instruments here to begin with, and change it.",
    )

    def __init__(
        self,
        data: Mapping[str, str] | None,
        files: MultiValueDict[str, UploadedFile[bytes]] | None,
        *,
        areas: Sequence[tuple[str, str]],
    ) -> None:
        super().__init__(data, files, initial={"area": areas[0][0]} if len(areas) == 1 else {})
        self.fields["area"].choices = areas  # type: ignore[attr-defined]  # a choice field
        self.instrument: Instrument | None = None
        self.given = ""

    def clean_file(self) -> UploadedFile[bytes] | None:
        """Refuse what is too large before it is read."""
        file: UploadedFile[bytes] | None = self.cleaned_data["file"]
        if file is not None and file.size and file.size > MOST_BYTES:
            raise ValidationError("The file must be 1 MB or smaller")
        return file

    def clean(self) -> dict[str, Any]:
        """An instrument, or every problem that was found, by line and place."""
        data = super().clean() or {}
        file = data.get("file")
        where = "file" if file is not None else "text"
        try:
            self.given = file.read().decode("utf-8-sig") if file is not None else data.get("text") or ""
            if not self.given.strip():
                raise ValidationError("Choose a file, or paste the text")
            self.instrument = read(self.given)
        except UnicodeDecodeError:
            self.add_error(where, "The file is no text in UTF-8. Save it as UTF-8 and give it again")
        except InstrumentError as wrong:
            self.add_error(where, [str(problem)[:1].upper() + str(problem)[1:] for problem in wrong.problems])
        except ValidationError as wrong:
            if where not in self.errors and "file" not in self.errors:
                self.add_error(where, wrong)
        else:
            self._is_new(data.get("area"), self.instrument, where)
        return data

    def _is_new(self, area: str | None, instrument: Instrument, where: str) -> None:
        """No other words under the same id and version in this area."""
        if not area:
            return
        rows = Kept.objects.filter(owner=int(area), key=instrument.id)
        same = [row for row in rows if row.version == instrument.version and read(row.text) != instrument]
        if same:
            free = max(row.version for row in rows) + 1
            self.add_error(
                where,
                f"Version {instrument.version} of ‘{instrument.id}’ is kept already, with other words: "
                f"make it version {free}",
            )

    @property
    def told(self) -> str:
        """What was read, in a sentence."""
        found = self.instrument
        if found is None:
            return ""
        parts = f"{count(len(found.sections), 'section')} and {count(len(found.items), 'question')}"
        return f"‘{found.title}’, version {found.version}, has {parts}."
