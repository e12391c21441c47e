"""How forms are drawn: `FORM_RENDERER`. A plain Django form needs no tweaking to look and read as it should.

Leave `required`, `min` and the like to the server (`<form novalidate>`): it names every problem at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core import validators
from django.core.exceptions import ValidationError
from django.forms.formsets import BaseFormSet
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import SafeString

KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (forms.SelectMultiple, "select"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.PasswordInput, "password"),
    (forms.FileInput, "file"),
)
CLASSES = {
    "select": "govuk-select",
    "textarea": "govuk-textarea",
    "file": "govuk-file-upload",
    "checkbox": "govuk-checkboxes__input",
    "radios": "",
    "checkboxes": "",
}
# What makes browsers check, each in its own way and one field at a time.
NOT_WANTED = ("required", "maxlength", "minlength", "min", "max", "step")
# Django's own words name no field; these do. {label} starts a sentence, {name} stands within one.
WORDS = {
    "min_value": "{label} must be {limit_value} or more",
    "max_value": "{label} must be {limit_value} or less",
    "min_length": "{label} must be {limit_value} characters or more",
    "max_length": "{label} must be {limit_value} characters or fewer",
    "invalid_choice": "Choose {name} from the list",
    "invalid_date": "{label} must be a real date, such as 27 3 2026",
    "invalid_number": "{label} must be a number, such as 12",
    "invalid_whole": "{label} must be a whole number, such as 12",
    "invalid_email": "{label} must be an e-mail address, such as name@example.org",
    "empty": "The chosen file for {name} is empty",
}


class DateParts(forms.MultiWidget):
    """Day, month and year in three boxes. Gives the field 'year-month-day', as typed."""

    template_name = "core/forms/date.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({part: forms.TextInput() for part in ("day", "month", "year")}, attrs)

    def decompress(self, value: Any) -> list[str]:
        """The three texts of a date or of 'year-month-day'."""
        parts = str(value or "").split("-")
        return [part.lstrip("0") for part in reversed(parts)] if len(parts) == 3 else ["", "", ""]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """'' where nothing was typed, so that the field may be optional."""
        typed = super().value_from_datadict(data, files, name)
        day, month, year = (str(part or "").strip().replace("-", "") for part in typed)
        return f"{year}-{month}-{day}" if day or month or year else ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Django's context, with a name that a template can read for whether there is an error."""
        context = super().get_context(name, value, attrs)
        context["widget"]["invalid"] = "aria-invalid" in context["widget"]["attrs"]
        return context

    def id_for_label(self, id_: str) -> str:
        """A legend labels the three; the first box is where an error leads."""
        return ""


class GovukBoundField(forms.BoundField):
    """A field with the classes, the ids and the words of the GOV.UK pattern."""

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        widget = field.widget
        if type(widget) is forms.DateInput:
            field.widget = DateParts(widget.attrs)
        if isinstance(widget, forms.NumberInput) and widget.input_type == "number":
            widget.input_type = (
                "text"  # a wheel or an arrow changes a number by accident; letters vanish unsaid
            )
        self.kind = _kind(field.widget)
        if self.kind in ("radios", "checkboxes", "select") and field.widget.template_name.startswith(
            "django/"
        ):
            field.widget.template_name = f"core/forms/{self.kind}.html"
        super().__init__(form, field, name)

    @property
    def label_text(self) -> str:
        """The label, marked optional where the form also asks for what is required. Those of which one has to be filled
        in (the form's `one_of`) are neither."""
        fields = self.form.fields.values()
        optional = not self.field.required and self.kind != "checkbox" and any(f.required for f in fields)
        optional = optional and self.name not in getattr(self.form, "one_of", ())
        return f"{self.label} (optional)" if optional else str(self.label)

    @property
    def target_id(self) -> str:
        """The id of the first control, where a link in the error summary leads."""
        grouped = self.kind in ("radios", "checkboxes", "date")
        return f"{self.auto_id}_0" if grouped else self.id_for_label or self.auto_id

    @property
    def describedby(self) -> str:
        """The ids of hint and error, for the fieldset around several controls."""
        return self.aria_describedby or ""

    @property
    def counted(self) -> int | None:
        """The most characters of a long text, which a count below it shows."""
        return getattr(self.field, "max_length", None) if self.kind == "textarea" else None

    @property
    def error_texts(self) -> list[str]:
        """Each error in words that name the field."""
        data = self.form.errors.as_data().get(self.name, [])
        return [text for error in data for text in self._in_words(error)]

    def as_field_group_with(self, **context: Any) -> SafeString:
        """The field as it is drawn, with more said to its template."""
        return SafeString(self.renderer.render(self.template_name, {**self.get_context(), **context}))

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Django's attributes without those that make browsers check, and with the classes of the pattern."""
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        if widget.is_hidden:
            return built
        for unwanted in NOT_WANTED:
            built.pop(unwanted, None)
            widget.attrs.pop(unwanted, None)
        if self.kind in ("radios", "checkboxes"):
            built.pop("aria-invalid", None)
        if self.counted:
            built["aria-describedby"] = f"{built.get('aria-describedby', '')} {self.auto_id}-info".strip()
        built["class"] = " ".join(filter(None, (self._classes(), widget.attrs.get("class"))))
        return {**self._help_typing(), **built, **{k: v for k, v in widget.attrs.items() if k != "class"}}

    def _classes(self) -> str:
        base = CLASSES.get(self.kind, "govuk-input")
        error = f" {base}--error" if self.errors and base and self.kind != "checkbox" else ""
        password = (
            " govuk-password-input__input govuk-js-password-input-input" if self.kind == "password" else ""
        )
        counted = " govuk-js-character-count" if self.counted else ""
        return base + error + password + counted + self._width()

    def _width(self) -> str:
        """A width that hints at the length of the answer, unless the form says its own."""
        if "width" in self.field.widget.attrs.get("class", ""):
            return ""
        if isinstance(self.field.widget, forms.NumberInput):
            return " govuk-input--width-5"
        return " govuk-!-width-two-thirds" if self.kind == "input" else ""

    def _help_typing(self) -> dict[str, str]:
        if self.kind == "password":
            return {"autocomplete": "current-password", "spellcheck": "false", "autocapitalize": "none"}
        if isinstance(self.field.widget, forms.EmailInput):
            return {"autocomplete": "email", "spellcheck": "false"}
        if isinstance(self.field.widget, forms.NumberInput):
            return {"inputmode": "numeric" if _whole(self.field) else "decimal"}
        return {}

    def _in_words(self, error: ValidationError) -> list[str]:
        code, message = error.code or "", str(getattr(error, "message", ""))
        if message not in _django_words(self.field):
            return [str(text) for text in error.messages]
        label = str(self.label)
        name = label if label[1:2].isupper() else label[:1].lower() + label[1:]
        if code == "required":
            if label.endswith("?"):
                return [f"Answer “{label}”"]
            verb = "Choose" if self.kind in ("radios", "checkboxes", "select", "file") else "Enter"
            return [f"Tick “{label}”" if self.kind == "checkbox" else f"{verb} {name}"]
        if code == "invalid_choice" and label.endswith("?"):
            return [f"Choose one of the answers to “{label}”"]
        if code == "invalid":
            code = _invalid(self.field)
        if code in WORDS:
            return [WORDS[code].format(**{"label": label, "name": name, **(error.params or {})})]
        return [f"{label}: {text[:1].lower()}{text[1:]}" for text in error.messages]


def _kind(widget: forms.Widget) -> str:
    if isinstance(widget, DateParts):
        return "date"
    return next((kind for type_, kind in KINDS if isinstance(widget, type_)), "input")


def _whole(field: forms.Field) -> bool:
    return isinstance(field, forms.IntegerField) and not isinstance(
        field, forms.FloatField | forms.DecimalField
    )


def _invalid(field: forms.Field) -> str:
    if isinstance(field, forms.DateField):
        return "invalid_date"
    if isinstance(field, forms.EmailField):
        return "invalid_email"
    if isinstance(field, forms.IntegerField):
        return "invalid_whole" if _whole(field) else "invalid_number"
    return "invalid"


def _django_words(field: forms.Field) -> set[str]:
    """The messages that Django gives by itself, as opposed to those that the form's author wrote."""
    words = {
        str(getattr(v, "message", "")) for v in field.validators if type(v).__module__ == validators.__name__
    }
    for cls in type(field).__mro__:
        if cls.__module__.startswith("django."):
            words.update(str(text) for text in getattr(cls, "default_error_messages", {}).values())
    return words


class GovukRenderer(DjangoTemplates):
    """Draws every form of the system."""

    form_template_name = "core/forms/form.html"
    formset_template_name = "core/forms/formset.html"
    field_template_name = "core/forms/field.html"
    bound_field_class = GovukBoundField


@dataclass(frozen=True)
class FormError:
    """A line of an error summary: what is wrong, and the id of the control to mend it in ('' where there is none)."""

    text: str
    target: str


def form_errors(part: forms.BaseForm | BaseFormSet[Any]) -> Iterator[FormError]:
    """Every error of a form or formset, in the order of the page."""
    if isinstance(part, BaseFormSet):
        for text in part.non_form_errors():
            yield FormError(str(text), "")
        for form in part.forms:
            yield from form_errors(form)
        return
    bound = [part[name] for name in part.fields]
    first = next(
        (field.target_id for field in bound if not field.is_hidden and isinstance(field, GovukBoundField)), ""
    )
    for text in part.non_field_errors():
        yield FormError(str(text), first)
    for field in bound:
        if isinstance(field, GovukBoundField):
            for text in field.error_texts:
                yield FormError(text, "" if field.is_hidden else field.target_id)
