"""Find organisations by words: name, URN, postcode, town, authority, trust."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from django.db.models import Prefetch, Q, QuerySet

from isthmus.apps.register.models import SCHOOL_KINDS, Area, Kind, Organisation, Status
from isthmus.apps.register.models.organisations import NO_FAITH

# People write these in several ways; both the register's words and the person's are brought to the same form.
_SAME = {
    **dict.fromkeys(("church of england", "c of e", "c e", "ce"), "cofe"),
    **dict.fromkeys(("roman catholic", "rc"), "catholic"),
    "saint": "st",
}
_VARIANT = re.compile(r"\b(?:" + "|".join(_SAME) + r")\b")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
MOST_WORDS = 8
MOST_GROUPS = 400
WITH_FAITH, WITHOUT_FAITH = "with", "without"


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Lower case, no accents, no punctuation, words joined by one space, common variants made one."""
    text = text.casefold()
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    text = text.replace("'", "").replace("’", "").replace("&", " and ")
    text = _NOT_WORD.sub(" ", text).strip()
    return _VARIANT.sub(lambda found: _SAME[found[0]], text)


def search_text(organisation: Organisation, authority_name: str = "") -> str:
    """What is searched: each word of it follows a space."""
    return search_words(
        *(organisation.name, organisation.town, authority_name, organisation.postcode),
        *(organisation.la_code, organisation.establishment_number),
        *(organisation.urn, organisation.group_uid, organisation.ukprn),
    )


def search_words(
    name: str,
    town: str,
    area: str,
    postcode: str,
    la_code: str,
    establishment_number: str,
    *numbers: str | None,
) -> str:
    """The words by which an organisation is found; postcode and DfE number with and without their gap."""
    words = [plain(f"{name} {town} {area}"), postcode.lower(), postcode.lower().replace(" ", "")]
    if la_code and establishment_number:
        words.append(f"{la_code} {establishment_number} {la_code}{establishment_number}")
    words += [number for number in numbers if number]
    return " " + " ".join(word for word in words if word)


def sort_name(name: str) -> str:
    """A name as it sorts: plain, without a leading 'the'."""
    return plain(name).removeprefix("the ")[:200]


def matching(organisations: QuerySet[Organisation], text: str) -> QuerySet[Organisation]:
    """Those of `organisations` in which every word of `text` begins a word."""
    return organisations.filter(_all_words(text))


def _all_words(text: str) -> Q:
    asked = Q()
    for word in plain(text).split()[:MOST_WORDS]:
        asked &= Q(search__contains=f" {word}")
    return asked


def _matching_or_in_trust(organisations: QuerySet[Organisation], text: str) -> QuerySet[Organisation]:
    """Those that match `text`, and those in a trust or federation that does: a name is kept in one place."""
    if not plain(text):
        return organisations
    groups = Organisation.objects.filter(kind__in=(Kind.TRUST.value, Kind.FEDERATION.value))
    # Few groups match, and asking for them first is faster than a join.
    found = list(matching(groups, text).order_by().values_list("pk", flat=True)[:MOST_GROUPS])
    if not found:
        return matching(organisations, text)
    return organisations.filter(_all_words(text) | Q(trust__in=found) | Q(federation__in=found))


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
    # The long columns are not needed in a list. Prefetched and not joined: a late page skips thousands of rows.
    return _matching_or_in_trust(found.defer("measures", "search"), text).prefetch_related(
        Prefetch("authority", Area.objects.defer("boundary", "places")),
        Prefetch("trust", Organisation.objects.only("name", "urn")),
    )
