"""Every read of the register that is used twice."""

from isthmus.apps.register.queries.areas import (
    areas_with_names,
    belongs,
    partners,
    term_on,
    terms,
    themes,
)
from isthmus.apps.register.queries.geography import (
    boundaries_near,
    boundary,
    geography_attribution,
    geojson,
    places_near,
)
from isthmus.apps.register.queries.history import Step, carried_on_by, forebears, history
from isthmus.apps.register.queries.organisations import (
    ShownFact,
    area_members,
    areas_by_name,
    areas_with_counts,
    counts_by_phase,
    facts,
    faiths,
    group_members,
    namesakes,
    trusts,
)
from isthmus.apps.register.queries.search import search, search_text, sort_name

__all__ = [
    "ShownFact",
    "Step",
    "area_members",
    "areas_by_name",
    "areas_with_counts",
    "areas_with_names",
    "belongs",
    "boundaries_near",
    "boundary",
    "carried_on_by",
    "counts_by_phase",
    "facts",
    "faiths",
    "forebears",
    "geography_attribution",
    "geojson",
    "group_members",
    "history",
    "namesakes",
    "partners",
    "places_near",
    "search",
    "search_text",
    "sort_name",
    "term_on",
    "terms",
    "themes",
    "trusts",
]
