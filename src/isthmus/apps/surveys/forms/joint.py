"""What a group says together to one question, with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from isthmus.apps.surveys.adapters.instruments import Instrument, Item
from isthmus.apps.surveys.forms.building import Words, filled

NOT_YET = "none"


class JointForm(forms.Form):
    """The stage or answer that the group agrees, its texts, who was heard, and who looked at it."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)

    def __init__(
        self, data: Mapping[str, Any] | None, instrument: Instrument, item: Item, initial: Mapping[str, Any]
    ) -> None:
        super().__init__(data, initial=dict(initial))
        self.item = item
        if not item.open:
            scale = instrument.scale_of(item)
            anchors = item.anchors or [""] * len(scale.options)
            labels = [
                f"{option.label}: {anchor}" if anchor else option.label
                for option, anchor in zip(scale.options, anchors, strict=True)
            ]
            choices = [(str(option.code), label) for option, label in zip(scale.options, labels, strict=True)]
            self.fields["code"] = forms.ChoiceField(
                label=item.text, choices=[*choices, (NOT_YET, "Not agreed yet")], widget=forms.RadioSelect
            )
        for key in item.text_keys:
            label = {"evidence": item.evidence, "comment": item.comment}.get(key.partition(":")[2], item.text)
            self.fields[f"text-{key}"] = Words(label, 2000, rows=4)
        if not item.open:
            self.fields["heard"] = Words(
                "Who was heard",
                300,
                hint="Kinds of people and schools, for example ‘Staff of six schools, the pupils’ council of two’. "
                "Not the names of people.",
            )
            self.fields["moderated"] = Words(
                "Who looked at it from outside",
                300,
                hint="Another school or partnership, for example ‘The Moor partnership, in May’. Not the names of "
                "people.",
            )

    def said(self) -> dict[str, Any]:
        """The valid answers."""
        data = self.cleaned_data
        code = data.get("code", NOT_YET)
        texts = filled({key: data[f"text-{key}"] for key in self.item.text_keys})
        return {
            "code": None if code == NOT_YET else int(code),
            "texts": texts,
            "heard": data.get("heard", ""),
            "moderated": data.get("moderated", ""),
        }
