"""What privacy keeps itself tells nothing about a person: offices, numbers of days, counts."""

from isthmus.apps.core import personal

personal.not_personal(
    "accounts.Controller",
    "who answers for the data, published in the privacy notice; the form asks for offices, not people",
    "name",
    "address",
    "contact",
    "officer",
    "registration",
)
personal.not_personal("accounts.Retention", "names a class of data", "key")
personal.not_personal(
    "accounts.Disposal",
    "a class of data, a rule and a count; never whose",
    "key",
    "title",
    "rule",
    "version",
    "digest",
)
