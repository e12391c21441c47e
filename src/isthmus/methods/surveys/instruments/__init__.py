"""Instruments: questionnaires as versioned data, and what one respondent's answers score.

`load`, `from_dict`, `dump` and `to_dict` read and write them; `shipped` and `by_id` give those that come with Isthmus;
`score` and `score_many` score answers, `results` estimates groups; `compare` says which items two versions share.
"""

from isthmus.methods.surveys.instruments.arrays import AnswersError, SectionArrays, check_codes, score_many
from isthmus.methods.surveys.instruments.comparing import Comparison, compare
from isthmus.methods.surveys.instruments.files import (
    by_id,
    dump,
    fingerprint,
    from_dict,
    load,
    schema,
    shipped,
    to_dict,
)
from isthmus.methods.surveys.instruments.model import (
    Asked,
    Blank,
    Instrument,
    Item,
    Level,
    Option,
    Respondent,
    Scale,
    Scoring,
    Section,
    Source,
    WaveKind,
)
from isthmus.methods.surveys.instruments.problems import InstrumentError, Problem
from isthmus.methods.surveys.instruments.results import (
    GroupResult,
    ItemResult,
    Results,
    SectionResult,
    results,
)
from isthmus.methods.surveys.instruments.scoring import (
    AgreementScore,
    CumulativeScore,
    PromptsScore,
    SectionScore,
    StagesScore,
    TotalsScore,
    codes_of,
    score,
)

__all__ = [
    "AgreementScore",
    "AnswersError",
    "Asked",
    "Blank",
    "Comparison",
    "CumulativeScore",
    "GroupResult",
    "Instrument",
    "InstrumentError",
    "Item",
    "ItemResult",
    "Level",
    "Option",
    "Problem",
    "PromptsScore",
    "Respondent",
    "Results",
    "Scale",
    "Scoring",
    "Section",
    "SectionArrays",
    "SectionResult",
    "SectionScore",
    "Source",
    "StagesScore",
    "TotalsScore",
    "WaveKind",
    "by_id",
    "check_codes",
    "codes_of",
    "compare",
    "dump",
    "fingerprint",
    "from_dict",
    "load",
    "results",
    "schema",
    "score",
    "score_many",
    "shipped",
    "to_dict",
]
