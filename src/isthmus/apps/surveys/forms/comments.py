"""What is shown of a comment."""

from __future__ import annotations

from typing import Any

from django import forms

from isthmus.apps.surveys.models import Comment


class LookForm(forms.ModelForm[Comment]):
    """The comment as it will be shown; a person takes out what tells who wrote it."""

    class Meta:
        model = Comment
        fields = ("shown", "theme")
        labels = {"shown": "What is shown", "theme": "Theme"}
        help_texts = {
            "shown": "Take out names, jobs, events and turns of phrase that tell who wrote it. Left empty, nothing "
            "is shown.",
            "theme": "A word or two by which you find what belongs together.",
        }
        widgets = {"shown": forms.Textarea({"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shown"].required = False
        if not self.instance.looked_at:
            self.initial["shown"] = self.instance.text
