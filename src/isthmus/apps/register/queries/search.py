"""Find organisations by words: name, URN, postcode, town, authority."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from django.db.models import Q, QuerySet

from isthmus.apps.register.models import SCHOOL_KINDS, Area, Kind, Organisation, Status
from isthmus.apps.register.models.organisations import NO_FAITH

# People write these in several ways; both the register's words and the person's are brought to the same form.
_SAME = (
    (re.compile(r"\bchurch of england\b|\bc of e\b|\bcofe\b|\bc e\b|\bce\b"), "cofe"),
    (re.compile(r"\broman catholic\b|\brc\b"), "catholic"),
    (re.compile(r"\bsaint\b"), "st"),
    (re.compile(r"\bsaints\b"), "ss"),
)
MOST_WORDS = 8
WITH_FAITH, WITHOUT_FAITH = "with", "without"


def plain(text: str) -> str:
    """Lower case, no accents, no punctuation, words joined by one space, common variants made one."""
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(c for c in text if not unicodedata.combining(c)).replace("'", "").replace("’", "")
    text = re.sub(r"[^a-z0-9]+", " ", text.replace("&", " and ")).strip()
    for pattern, word in _SAME:
        text = pattern.sub(word, text)
    return text


def search_text(organisation: Organisation, authority_name: str = "") -> str:
    """What is searched: each word of it follows a space."""
    numbers = (organisation.urn, organisation.group_uid, organisation.ukprn, organisation.dfe_number)
    bare_postcode = organisation.postcode.replace(" ", "")
    bare_number = organisation.la_code + organisation.establishment_number if organisation.dfe_number else ""
    parts = (
        organisation.name,
        organisation.town,
        authority_name,
        organisation.postcode,
        bare_postcode,
        bare_number,
    )
    return " " + plain(" ".join(part for part in (*parts, *numbers) if part))


def sort_name(name: str) -> str:
    """A name as it sorts: plain, without a leading 'the'."""
    return plain(name).removeprefix("the ")[:200]


def matching(organisations: QuerySet[Organisation], text: str) -> QuerySet[Organisation]:
    """Those of `organisations` in which every word of `text` begins a word."""
    for word in plain(text).split()[:MOST_WORDS]:
        organisations = organisations.filter(search__contains=f" {word}")
    return organisations


def search(
    text: str = "",
    *,
    kinds: Sequence[str] = SCHOOL_KINDS,
    authority: Area | None = None,
    trust: Organisation | None = None,
    phase: str = "",
    faith: str = "",
    statuses: Sequence[int] = (),
    fictional: bool | None = None,
) -> QuerySet[Organisation]:
    """Organisations by words and filters, with authority and trust fetched along; empty filters leave all.

    `faith` is 'with', 'without' or a religious character as the register writes it.
    """
    found = Organisation.objects.filter(kind__in=[Kind(kind).value for kind in kinds])
    if authority is not None:
        found = found.filter(authority=authority)
    if trust is not None:
        found = found.filter(Q(trust=trust) | Q(federation=trust))
    if phase:
        found = found.filter(phase=phase)
    if faith == WITHOUT_FAITH:
        found = found.filter(religious_character__in=NO_FAITH)
    elif faith == WITH_FAITH:
        found = found.exclude(religious_character__in=["", *NO_FAITH])
    elif faith:
        found = found.filter(religious_character=faith)
    if statuses:
        found = found.filter(status__in=[Status(status).value for status in statuses])
    if fictional is not None:
        found = found.filter(fictional=fictional)
    # The long columns are not needed in a list, and reading them would double its time.
    slim = found.defer("measures", "provenance", "search")
    return matching(slim, text).select_related("authority", "trust")
