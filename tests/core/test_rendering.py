"""Plain Django forms, drawn: labels, hints, errors that name their field, and no browser checks."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string

from isthmus.apps.core.rendering import DateParts, form_errors
from tests.invariants import problems

STRICT = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}


class Everything(forms.Form):
    """A field of every kind."""

    name = forms.CharField(label="Name", help_text="In full", max_length=10)
    urn = forms.CharField(label="URN", required=False, max_length=6)
    size = forms.IntegerField(label="Smallest size", min_value=2, max_value=30)
    reach = forms.FloatField(label="Reach", required=False)
    area = forms.ChoiceField(label="Area", choices=[("", ""), ("850", "Hampshire")])
    how = forms.ChoiceField(label="How?", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    phases = forms.MultipleChoiceField(
        choices=[("p", "P")], widget=forms.CheckboxSelectMultiple, required=False
    )
    day = forms.DateField(label="First day")
    mail = forms.EmailField(label="E-mail", required=False)
    secret = forms.CharField(label="Password", widget=forms.PasswordInput)
    notes = forms.CharField(label="Notes", widget=forms.Textarea, max_length=50, required=False)
    file = forms.FileField(label="Spreadsheet")
    sure = forms.BooleanField(label="I am sure")
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("urn") == "1":
            raise ValidationError("No school has these facts.")
        return data


GOOD = {
    "name": "North", "size": "3", "area": "850", "how": "a", "day_day": "27", "day_month": "3", "day_year": "2026",
    "secret": "x", "sure": "on",
}  # fmt: skip


def filled(**changes: str) -> Everything:
    return Everything({**GOOD, **changes}, {"file": SimpleUploadedFile("a.csv", b"1")})


def errors(form: forms.BaseForm) -> dict[str, str]:
    """What each line of the summary says, by where it leads."""
    return {error.target: error.text for error in form_errors(form)}


@pytest.mark.parametrize(
    "form", [Everything(), Everything({}), filled(urn="1")], ids=["empty", "wrong", "whole"]
)
def test_a_form_of_every_kind_keeps_the_rules_for_pages(form: Everything) -> None:
    html = f'<form method="get" action="/">{form}</form>'
    assert problems(html, STRICT) == []
    assert "required" not in html
    assert "maxlength=" not in html.replace("data-maxlength=", "")


def test_a_filled_form_is_valid_and_a_date_is_a_date() -> None:
    form = filled()
    assert form.is_valid(), form.errors
    assert form.cleaned_data["day"].isoformat() == "2026-03-27"


def test_what_is_missing_is_named_and_each_error_leads_to_a_control() -> None:
    form = Everything({})
    assert errors(form) == {
        "id_name": "Enter name",
        "id_size": "Enter smallest size",
        "id_area": "Choose area",
        "id_how_0": "Answer “How?”",
        "id_day_0": "Enter first day",
        "id_secret": "Enter password",
        "id_file": "Choose spreadsheet",
        "id_sure": "Tick “I am sure”",
    }
    html = str(form)
    assert all(f'id="{target}"' in html for target in errors(form))


@pytest.mark.parametrize(
    ("changes", "target", "text"),
    [
        ({"name": "A name too long"}, "id_name", "Name must be 10 characters or fewer"),
        ({"urn": "1000001"}, "id_urn", "URN must be 6 characters or fewer"),
        ({"size": "1"}, "id_size", "Smallest size must be 2 or more"),
        ({"size": "31"}, "id_size", "Smallest size must be 30 or less"),
        ({"size": "some"}, "id_size", "Smallest size must be a whole number, such as 12"),
        ({"reach": "far"}, "id_reach", "Reach must be a number, such as 12"),
        ({"area": "999"}, "id_area", "Choose area from the list"),
        ({"how": "pigeon"}, "id_how_0", "Choose one of the answers to “How?”"),
        ({"day_month": "13"}, "id_day_0", "First day must be a real date, such as 27 3 2026"),
        ({"day_year": ""}, "id_day_0", "First day must be a real date, such as 27 3 2026"),
        ({"mail": "head"}, "id_mail", "E-mail must be an e-mail address, such as name@example.org"),
        ({"urn": "1"}, "id_name", "No school has these facts."),
    ],
)
def test_what_is_wrong_is_said_in_words_that_name_the_field(
    changes: dict[str, str], target: str, text: str
) -> None:
    assert errors(filled(**changes)) == {target: text}


def test_words_of_the_form_itself_stay_as_they_are() -> None:
    class Own(forms.Form):
        size = forms.IntegerField(error_messages={"required": "Say how many schools a network may have"})

    assert errors(Own({})) == {"id_size": "Say how many schools a network may have"}


def test_an_error_stands_beside_its_field_and_describes_it() -> None:
    html = str(filled(name="A name too long"))
    assert '<div id="id_name_error"><p class="govuk-error-message">' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert "govuk-input--error" in html


def test_optional_is_said_only_where_something_else_is_required() -> None:
    class Search(forms.Form):
        q = forms.CharField(label="Name", required=False)

    assert "(optional)" not in str(Search())
    assert "Reach (optional)" in str(Everything())


def test_numbers_are_typed_as_text_but_a_slider_stays_a_slider() -> None:
    class Numbers(forms.Form):
        size = forms.IntegerField()
        reach = forms.DecimalField()
        weight = forms.IntegerField(min_value=0, widget=forms.NumberInput(attrs={"type": "range"}))

    html = str(Numbers())
    assert '<input type="text" name="size" inputmode="numeric"' in html
    assert '<input type="text" name="reach" inputmode="decimal"' in html
    assert 'type="range" name="weight"' in html


def test_dates_wrongly_typed_are_shown_again_as_typed() -> None:
    html = str(filled(day_day="31", day_month="2"))
    for part, value in (("day", "31"), ("month", "2"), ("year", "2026")):
        assert f'name="day_{part}" type="text" inputmode="numeric" value="{value}"' in html


def test_an_optional_date_may_be_left_out() -> None:
    class Optional(forms.Form):
        day = forms.DateField(required=False)

    form = Optional({"day_day": " ", "day_month": "", "day_year": ""})
    assert form.is_valid()
    assert form.cleaned_data["day"] is None
    assert DateParts().decompress("2026-03-07") == ["7", "3", "2026"]


def test_the_author_of_a_form_has_the_last_word_on_attributes() -> None:
    class Own(forms.Form):
        code = forms.CharField(
            widget=forms.TextInput(attrs={"class": "govuk-input--width-4", "autocomplete": "off"})
        )

    html = str(Own())
    assert 'class="govuk-input govuk-input--width-4"' in html
    assert 'autocomplete="off"' in html


def test_formsets_number_their_ids_and_tell_all_their_errors() -> None:
    formset_class = forms.formset_factory(Everything, extra=0)
    data = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0"}
    formset = formset_class({**data, **{f"form-{n}-{k}": v for n in (0, 1) for k, v in GOOD.items()}})
    found = [(error.target, error.text) for error in form_errors(formset)]
    assert found == [("id_form-0-file", "Choose spreadsheet"), ("id_form-1-file", "Choose spreadsheet")]
    assert problems(f'<form method="get" action="/">{formset}</form>', STRICT) == []


def test_the_base_page_shows_the_summary_and_says_error_in_the_title() -> None:
    html = render_to_string("404.html", {"form": Everything({})})
    assert "<title>Error: Page not found – Isthmus</title>" in html
    assert '<a href="#id_day_0">Enter first day</a>' in html
    assert "Error: " not in render_to_string("404.html", {"form": Everything()})
