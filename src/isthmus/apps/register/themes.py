"""Themes that an area begins with: topics that the source documents name, each with where. People change them."""

from __future__ import annotations

DEVELOPMENT_VISITS = "Development visits, summary report (2016)"
SPREADING = "Spreading innovation across local authorities (DfES Innovation Unit, 2005)"
THINKPIECE = "Partnership working: its potential and the role of a senior leader (thinkpiece)"
TOOLKIT = "Leadership toolkit, section 5"

SEEDS: tuple[tuple[str, str, str], ...] = (
    (
        "Moving from year 6 to year 7",
        "Staff of both years work together so that children settle.",
        DEVELOPMENT_VISITS,
    ),
    (
        "Curriculum across key stages",
        "What is taught before and after, above all in key stages 2 and 3.",
        DEVELOPMENT_VISITS,
    ),
    (
        "Recruiting and keeping staff",
        "Candidates passed on, posts advertised together, supply teachers recommended.",
        DEVELOPMENT_VISITS,
    ),
    ("Peer review", "Schools look at each other’s work, often in threes.", DEVELOPMENT_VISITS),
    ("Governance", "Governors of several schools meet, learn and do projects together.", DEVELOPMENT_VISITS),
    ("Small schools", "Support where a school is small and stretched.", DEVELOPMENT_VISITS),
    ("Support staff", "Learning support assistants and others learn together.", DEVELOPMENT_VISITS),
    ("Staff well-being", "Above all of those who work in more than one school.", DEVELOPMENT_VISITS),
    (
        "Sharing data",
        "Figures opened to each other for mutual benefit, under an agreement.",
        DEVELOPMENT_VISITS,
    ),
    ("Leadership development", "Finding, growing and keeping leaders across schools.", TOOLKIT),
    (
        "Joint practice development",
        "Practitioners improve a practice together, and test that it is better.",
        THINKPIECE,
    ),
    ("Parents and families", "Parents take part in learning, at school and at home.", THINKPIECE),
    ("Ages 14 to 19", "Schools, colleges and providers offer more ways to learn.", SPREADING),
    ("Inclusion", "Children at risk of exclusion stay and succeed.", SPREADING),
    ("Special educational needs", "Special and other schools serve children together.", SPREADING),
    ("Work with other services", "Health, housing, social care and police work with schools.", SPREADING),
    ("Pupils’ voice", "Pupils say what they need and help to decide.", SPREADING),
)
"""Name, what it means, where it comes from."""
