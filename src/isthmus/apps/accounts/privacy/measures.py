"""What could go wrong for people here, what is done against it, and the test that shows it: for the impact assessment.

A test of this list (tests/accounts/test_privacy_documents.py) finds each proof, so a measure whose proof is gone is
taken out or proved anew.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """One threat to people, the measure against it, and its proof: 'tests/core/test_access.py::test_x'."""

    threat: str
    measure: str
    proof: str


_ACCESS = "tests/core/test_access.py::"
_ATTACKS = "tests/accounts/test_sign_in_attacks.py::"
_LEDGER = "tests/core/test_ledger.py::"

MEASURES = (
    Measure(
        "A page or download is open to people it was not meant for",
        "Every address declares who may open it; one that does not stops the website from starting. Every address is "
        "asked for as everybody, for their own things and for others'",
        f"{_ACCESS}test_every_address_of_the_product_declares_who_may_open_it",
    ),
    Measure(
        "Somebody learns what exists in another area from how a page is refused",
        "What belongs to others is answered with 404, as if it did not exist",
        "tests/core/test_ledger_pages.py::test_nobody_else_does",
    ),
    Measure(
        "Somebody who left keeps access",
        "With the last role every session ends, at its next request",
        "tests/accounts/test_sessions.py::test_the_session_of_a_leaver_dies_at_its_next_request",
    ),
    Measure(
        "Passwords are guessed, or tried from other sites' lists",
        "Tries are counted for all web processes together and then refused; origins cannot be pretended",
        f"{_ATTACKS}test_stuffing_one_person_is_stopped_from_many_computers",
    ),
    Measure(
        "A reset of a password goes round the second step",
        "No way in goes round the second step that a role asks for",
        f"{_ATTACKS}test_no_way_goes_round_the_second_factor",
    ),
    Measure(
        "A page says whether somebody has an account",
        "Known and unknown addresses are answered alike",
        "tests/accounts/test_sign_in_ways.py::test_nothing_says_whether_an_address_is_known",
    ),
    Measure(
        "A link in mail acts when a mail scanner opens it",
        "Opening a link changes nothing; the page that opens has one button",
        "tests/accounts/test_invitations.py::test_looking_spends_nothing_and_the_button_accepts",
    ),
    Measure(
        "Something private is read in a subject line",
        "Each kind of mail has one subject for all its messages",
        "tests/core/test_mail.py::test_no_kind_of_mail_has_anything_of_its_message_in_the_subject",
    ),
    Measure(
        "The record of who did what is edited, cut off or rewritten",
        "Events are chained, the database refuses changes, and heads are published to those they bind",
        f"{_LEDGER}test_what_the_owner_of_the_database_changes_is_found",
    ),
    Measure(
        "The record keeps what should be erased",
        "What an event tells stands apart and is erased; the chain stays whole and tells nothing",
        f"{_LEDGER}test_erasing_removes_what_was_told_and_leaves_the_record_whole",
    ),
    Measure(
        "A double click, or several people at once, act twice in somebody's name",
        "Twenty clicks at once have one effect",
        "tests/harness/test_people_races.py::test_twenty_clicks_have_one_effect",
    ),
    Measure(
        "Personal data is kept that nobody decided about",
        "Every column that could tell something about a person is declared, or the build fails",
        "tests/meta/test_personal.py::test_an_undeclared_column_is_found",
    ),
    Measure(
        "Personal data is kept too long",
        "The worker disposes of each class when its time is over, and certifies it",
        "tests/accounts/test_privacy_disposal.py::test_what_is_too_old_goes_and_what_is_not_stays",
    ),
    Measure(
        "What is needed for a legal claim is disposed of",
        "A legal hold on a person or a class of data stops its disposal",
        "tests/accounts/test_privacy_disposal.py::test_a_legal_hold_stops_disposal",
    ),
    Measure(
        "A slip of the keyboard disposes of years of data",
        "A shorter time counts only after seven days, and least and most are held by the database",
        "tests/accounts/test_privacy_retention.py::test_a_shorter_time_counts_after_seven_days",
    ),
    Measure(
        "An anonymous answer is led back to whoever gave it, by what the system keeps",
        "It is kept without name, account, address, time and order; after the close the tables are mixed and written "
        "anew, and somebody with the whole database does no better than chance",
        "tests/harness/test_linking.py::test_nobody_can_tell_who_said_what",
    ),
    Measure(
        "A page, a log line or a figure tells that somebody answered, or what",
        "Answering leaves nothing but the answer: all tables, logs and figures are compared before and after",
        "tests/meta/test_unnamed.py::test_nothing_is_written_but_the_answer",
    ),
    Measure(
        "What a few people said is read from a report, or worked out from several",
        "Figures of groups under K are kept back, with those from which they could be worked out",
        "tests/surveys/test_report.py::test_small_groups_are_kept_back",
    ),
    Measure(
        "People were promised one thing, and another is done with their answers",
        "Who will know what is said before the first question, and the database refuses to change it once it is open",
        "tests/surveys/test_guards.py::test_an_open_wave_keeps_what_was_promised",
    ),
    Measure(
        "Children or families answer without knowing what they agree to",
        "They read it and the promise in plain words, and agree, before the first question; pupils read their age",
        "tests/surveys/test_consent.py::test_pupils_read_what_they_agree_to_and_say_so_before_the_first_question",
    ),
)
