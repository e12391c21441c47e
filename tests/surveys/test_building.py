"""Writing an instrument on pages: kept at each step, nothing lost when two write at once, made a version that stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from isthmus.apps.accounts.models import Person
from isthmus.apps.accounts.roles import Role
from isthmus.apps.core.models import AuditEvent
from isthmus.apps.core.scopes import Scope, ScopeKind
from isthmus.apps.surveys.actions import keep_instrument
from isthmus.apps.surveys.adapters import drafting
from isthmus.apps.surveys.adapters.instruments import Instrument as Method
from isthmus.apps.surveys.adapters.instruments import read, shipped
from isthmus.apps.surveys.forms.building import AboutForm, PartForm, ScaleForm, SourceForm
from isthmus.apps.surveys.forms.building_questions import QuestionForm, SectionPartForm
from isthmus.apps.surveys.models import Instrument, InstrumentDraft
from tests import factories
from tests.conftest import People
from tests.surveys.conftest import TEXT
from tests.surveys.making import a_wave

pytestmark = pytest.mark.django_db
NEW = "/instruments/drafts/new/"


def words_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def begun(client: Any, people: People, begin: str = "nothing", **more: str) -> InstrumentDraft:
    """A draft, as somebody begins it."""
    data = {"area": str(people.area.pk), "begin": begin, "title": "Our own", "token": str(uuid4()), **more}
    response = client.post(NEW, data)
    assert response.status_code == 302, words_of(response)
    return InstrumentDraft.objects.get(pk=response.url.strip("/").split("/")[-1])


def at(draft: InstrumentDraft, kind: str, part: str = "all", **query: str) -> str:
    return reverse("surveys:build_part", args=[draft.pk, kind, part]) + "".join(
        f"?{name}={value}" for name, value in query.items()
    )


def fields(client: Any, address: str) -> dict[str, Any]:
    """What a browser would send from a page as it is drawn."""
    form = client.get(address).context["form"]
    found = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in found.items() if value not in (None, "", False)}


def says(client: Any, address: str, **changes: Any) -> Any:
    """Fill in a page and save it."""
    return client.post(address, {**fields(client, address), **changes, "do": "save"})


def written(client: Any, people: People) -> InstrumentDraft:
    """A whole instrument, written from the start."""
    draft = begun(client, people)
    for address, changes in (
        (at(draft, "about"), {"purpose": "To see.", "who": ["staff", "pupils"], "reading": "Look."}),
        (at(draft, "source"), {"ours": "All.", "licence": "Ours.", "source-0-author": "A. Writer",
                               "source-0-year": "2020", "source-0-title": "A book", "source-0-used": "An idea."}),
        (at(draft, "scale", "scale1"), {"option-0-label": "No", "option-1-label": "Yes", "option-1-plain": "Yep",
                                        "dont_know": "Cannot say"}),
        (at(draft, "section", "s1"), {"title": "Mood", "scoring": "totals", "scale": "scale1"}),
        (at(draft, "question", "q1", section="s1"), {"text": "Work is pleasant.", "plain": "School is fun.",
                                                     "answer": "scale", "evidence": "What shows it?"}),
        (at(draft, "question", "q2", section="s1"), {"text": "Work tires me.", "answer": "scale", "reversed": "on",
                                                     "who": ["staff"]}),
        (at(draft, "question", "q3", section="s1"), {"text": "What would help?", "answer": "open"}),
    ):  # fmt: skip
        response = says(client, address, **changes)
        assert response.status_code == 302, words_of(response)
    draft.refresh_from_db()
    return draft


def finished(client: Any, draft: InstrumentDraft) -> Instrument:
    """The version that is made of a draft."""
    address = reverse("surveys:build_finish", args=[draft.pk])
    response = client.post(address, {"step": InstrumentDraft.objects.get(pk=draft.pk).step})
    assert response.status_code == 302, words_of(response)
    return Instrument.objects.get(pk=response.url.strip("/").removeprefix("instruments/own-"))


def test_written_from_the_start_it_becomes_what_export_gives_and_import_takes(
    people: People, client_for: Callable[..., Any]
) -> None:
    client = client_for(people.officer)
    draft = written(client, people)
    kept = finished(client, draft)
    found = read(kept.text)
    assert (found.id, found.version, found.title) == ("our-own", 1, "Our own")
    assert [(i.id, i.plain, i.reversed, i.open, i.evidence) for i in found.items] == [
        ("q1", "School is fun.", False, False, "What shows it?"),
        ("q2", "", True, False, ""),
        ("q3", "", False, True, ""),
    ]
    assert [who.value for who in found.item("q2").who] == ["staff"]
    assert found.sources[0].year == 2020
    assert not InstrumentDraft.objects.exists()
    saved = client.get(reverse("surveys:instrument_file", args=[f"own-{kept.pk}"])).content
    file = SimpleUploadedFile("mine.yaml", saved)
    taken = client.post("/instruments/new/", {"area": str(people.area.pk), "file": file, "do": "keep"})
    assert taken.url == f"/instruments/own-{kept.pk}/", "the same again is the first"
    actions = AuditEvent.objects.exclude(action="role.give").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["draft.start", *["draft.change"] * 7, "instrument.keep"]


@pytest.mark.parametrize("key", ["maturity-model", "tie-level"])
def test_a_copy_of_a_shipped_one_is_whole_cited_and_looks_the_same(
    people: People, client_for: Callable[..., Any], key: str
) -> None:
    client, one = client_for(people.officer), next(one for one in shipped() if one.id == key)
    draft = begun(client, people, key, title="")
    page = words_of(client.get(f"/instruments/drafts/{draft.pk}/"))
    assert "Before it can be made a version" not in page
    for who in one.who:
        page = words_of(client.get(f"/instruments/drafts/{draft.pk}/look/", {"who": who.value}))
        first = next(iter(one.shown_to(who)))
        assert first.items[0].wording(who).split("'")[0][:30] in page
    kept = read(finished(client, draft).text)
    assert kept.sections == one.sections
    assert kept.id != one.id
    assert kept.sources[:-1] == one.sources
    assert kept.sources[-1].author == "Isthmus"


def again(form: PartForm, **more: Any) -> PartForm:
    """The form as a browser sends it back where nobody touched it."""
    sent = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in sent.items() if value not in (None, "", False)}
    if isinstance(form, QuestionForm):
        return QuestionForm(sent, form.draft, form.id, **more)
    return type(form)(sent, form.draft, form.kind, form.id)


@pytest.mark.parametrize("one", shipped(), ids=lambda one: one.id)
def test_every_part_of_every_shipped_one_is_saved_as_it_was(one: Method) -> None:
    """To open a page and save it changes nothing, whatever the instrument holds."""
    tree = drafting.copied(one, credit=False)
    forms: list[tuple[PartForm, dict[str, Any]]] = [
        (AboutForm(None, tree, "about", ""), {}),
        (SourceForm(None, tree, "source", ""), {}),
        *((ScaleForm(None, tree, "scale", name), {}) for name in tree.get("scales", {})),
        *((SectionPartForm(None, tree, "section", found["id"]), {}) for found in drafting.sections(tree)),
    ]
    forms += [
        (QuestionForm(None, tree, item["id"], section=section), {"section": section})
        for section in drafting.sections(tree)
        for item in section["items"]
    ]
    for form, more in forms:
        sent = again(form, **more)
        assert sent.is_valid(), (form.kind, form.id, sent.errors)
        assert sent.tree() == {k: v for k, v in form.old.items() if k != "id"}, (form.kind, form.id)
    assert drafting.whole(tree, one.id, one.version) == one


def test_two_who_write_the_same_at_once_lose_nothing(people: People, client_for: Callable[..., Any]) -> None:
    client = client_for(people.officer)
    draft = written(client, people)
    address = at(draft, "question", "q1")
    before = fields(client, address)
    colleague = client_for(_colleague(people))
    assert says(colleague, address, text="Work is a joy.").status_code == 302
    page = client.post(address, {**before, "text": "Work is good.", "do": "save"})
    assert page.status_code == 200
    said = words_of(page)
    assert "Somebody changed this meanwhile" in said
    assert "Work is a joy." in said, "what stands there"
    assert "Work is good." in said, "what was typed"
    draft.refresh_from_db()
    assert drafting.items(draft.content)[0]["text"] == "Work is a joy."
    again = {**before, "text": "Work is good.", "seen": page.context["form"]["seen"].value(), "do": "save"}
    assert client.post(address, again).status_code == 302
    draft.refresh_from_db()
    assert drafting.items(draft.content)[0]["text"] == "Work is good."


def _colleague(people: People) -> Person:
    """Another officer of the same area."""
    return factories.person(Role.AUTHORITY_OFFICER, Scope(ScopeKind.AREA, people.area.pk))


def test_two_who_write_different_parts_are_not_in_each_others_way(
    people: People, client_for: Callable[..., Any]
) -> None:
    client = client_for(people.officer)
    draft = written(client, people)
    first, second = at(draft, "question", "q1"), at(draft, "question", "q2")
    one, other = fields(client, first), fields(client, second)
    assert client.post(first, {**one, "text": "A", "do": "save"}).status_code == 302
    assert client.post(second, {**other, "text": "B", "do": "save"}).status_code == 302
    draft.refresh_from_db()
    assert [item["text"] for item in drafting.items(draft.content)] == ["A", "B", "What would help?"]


def test_two_questions_added_at_once_are_both_kept_and_a_double_click_is_one(
    people: People, client_for: Callable[..., Any]
) -> None:
    client = client_for(people.officer)
    draft = written(client, people)
    address = at(draft, "question", "q4", section="s1")
    one = {"text": "One", "answer": "scale", "do": "save", "seen": ""}
    for text in ("One", "One", "Two"):
        assert client.post(address, {**one, "text": text}).status_code == 302
    draft.refresh_from_db()
    assert [(item["id"], item["text"]) for item in drafting.items(draft.content)[3:]] == [
        ("q4", "One"),
        ("q5", "Two"),
    ]


def test_what_was_taken_out_meanwhile_can_be_put_in_again(
    people: People, client_for: Callable[..., Any]
) -> None:
    client = client_for(people.officer)
    draft = written(client, people)
    address = at(draft, "question", "q1", section="s1")
    before = fields(client, address)
    remove = reverse("surveys:build_remove", args=[draft.pk, "question", "q1"])
    seen = client.get(remove).context["seen"]
    assert client.post(remove, {"seen": seen}).status_code == 302
    page = client.post(address, {**before, "text": "Still mine", "do": "save"})
    assert "It was taken out" in words_of(page)
    again = {**before, "text": "Still mine", "seen": page.context["form"]["seen"].value(), "do": "save"}
    assert client.post(address, again).status_code == 302
    draft.refresh_from_db()
    assert "Still mine" in [item["text"] for item in drafting.items(draft.content)]


def test_what_changed_meanwhile_is_not_taken_out_unseen(
    people: People, client_for: Callable[..., Any]
) -> None:
    client = client_for(people.officer)
    draft = written(client, people)
    remove = reverse("surveys:build_remove", args=[draft.pk, "section", "s1"])
    seen = client.get(remove).context["seen"]
    assert says(client, at(draft, "question", "q1"), text="Better words").status_code == 302
    assert "Somebody changed it meanwhile" in words_of(client.post(remove, {"seen": seen}))
    draft.refresh_from_db()
    assert len(drafting.items(draft.content)) == 3


def test_a_move_pressed_twice_moves_once(people: People, client_for: Callable[..., Any]) -> None:
    client = client_for(people.officer)
    draft = written(client, people)
    for _ in range(2):
        client.post(f"/instruments/drafts/{draft.pk}/", {"move": "question:q1:1"})
    draft.refresh_from_db()
    assert [item["id"] for item in drafting.items(draft.content)] == ["q2", "q1", "q3"]
    for wrong in ("", "question:q1:x", "plan:q1:1", "question:nothing:1", "question:q1:-1"):
        assert client.post(f"/instruments/drafts/{draft.pk}/", {"move": wrong}).status_code == 302


@pytest.mark.parametrize(
    ("kind", "part", "changes", "field", "words"),
    [
        ("about", "all", {"title": ""}, "title", "Enter a title"),
        ("about", "all", {"who": []}, "who", "Choose who answers"),
        ("about", "all", {"purpose": "x\u202ey"}, "purpose", "characters that cannot be seen"),
        ("source", "all", {"source-0-title": ""}, "source-0-title", "empty the whole source"),
        ("source", "all", {"licence": ""}, "licence", "Enter who may use it"),
        ("scale", "scale1", {"option-1-label": "no"}, "option-1-label", "says the same as answer 1"),
        ("scale", "scale1", {"option-1-label": ""}, "option-1-label", "Enter answer 2"),
        ("section", "s1", {"scale": "none"}, "scale", "or score the section as open questions"),
        ("section", "s1", {"scoring": "prompts"}, "scale", "‘Their own words only’"),
        ("section", "s1", {"scoring": "cumulative"}, "level-0-label", "Enter the levels"),
        ("question", "q1", {"text": " "}, "text", "Enter the question"),
        ("question", "q1", {"anchor-0": "Only this"}, "anchor-1", "or empty all of them"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field(
    people: People, client_for: Callable[..., Any], kind: str, part: str, changes: Any, field: str, words: str
) -> None:
    client = client_for(people.officer)
    draft = written(client, people)
    page = says(client, at(draft, kind, part), **changes)
    assert page.status_code == 200
    assert any(words in text for text in page.context["form"][field].error_texts), page.context["form"].errors
    before = draft.content
    draft.refresh_from_db()
    assert draft.content == before, "nothing is kept of what is wrong"


def test_what_is_missing_is_listed_with_where_to_say_it(
    people: People, client_for: Callable[..., Any]
) -> None:
    client = client_for(people.officer)
    draft = begun(client, people)
    address = f"/instruments/drafts/{draft.pk}/"
    assert [words for words, _url in client.get(address).context["faults"]] == [
        "Say what it is for", "Say who answers", "Say how results may be read", "Say who may use it",
        "Say what of it is your own, or name a source", "Add a section",
    ]  # fmt: skip
    assert client.post(f"{address}finish/", {"step": 0}).status_code == 200
    assert not Instrument.objects.exists()
    draft = written(client, people)
    says(client, at(draft, "section", "s1"), scoring="cumulative", **{"level-0-label": "Low"})
    told = client.get(f"/instruments/drafts/{draft.pk}/").context["faults"]
    assert "Say of which level ‘Work is pleasant.’ is a criterion" in [words for words, _url in told]
    for _words, url in told:
        assert client.get(url).status_code == 200, url


def test_how_a_question_looks_is_shown_and_not_kept(people: People, client_for: Callable[..., Any]) -> None:
    client = client_for(people.officer)
    draft = written(client, people)
    address = at(draft, "question", "q1")
    sent = {**fields(client, address), "text": "Work is fine.", "plain": "School is fine.", "do": "look"}
    page = client.post(address, sent)
    assert [look.who for look in page.context["looks"]] == ["staff", "pupils"]
    staff, pupils = (str(look.form) for look in page.context["looks"])
    assert "Work is fine." in staff
    assert "School is fine." in pupils
    assert "Yep" in pupils, "plain answers, too"
    before = draft.content
    draft.refresh_from_db()
    assert draft.content == before


def test_the_next_version_says_what_changed_and_what_stays_comparable(
    people: People, client_for: Callable[..., Any]
) -> None:
    client = client_for(people.officer)
    kept = keep_instrument(by=people.officer, text=TEXT, owner=people.area)
    wave = a_wave(
        Scope(ScopeKind.AREA, people.area.pk), [people.school], by=people.officer, owner=people.area
    )
    assert wave.instrument_id == kept.pk
    draft = begun(client, people, f"again:own-{kept.pk}", title="")
    share = at(draft, "question", "share-1")
    assert "another" in fields(client, share) or "another" in client.get(share).context["form"].fields
    says(client, share, text="We lend what we have.")
    says(client, at(draft, "question", "know-2"), text="We visit pupils.", another="on")
    page = client.get(f"/instruments/drafts/{draft.pk}/finish/")
    told = {fact.label.split(":")[0]: fact.lines for fact in page.context["changes"]}
    assert told["Other words"] == ["We lend what we have."]
    assert told["Added"] == ["We visit pupils."]
    assert told["Taken out"] == ["We visit each other."]
    assert [words for _wave, words in page.context["waves"]] == [
        "Nothing: every section with figures changed"
    ]
    made = finished(client, draft)
    assert (made.key, made.version) == (kept.key, 2)
    assert {row.version for row in Instrument.objects.filter(key=kept.key)} == {1, 2}


def test_a_version_is_made_of_what_was_looked_at(people: People, client_for: Callable[..., Any]) -> None:
    client = client_for(people.officer)
    draft = written(client, people)
    step = draft.step
    says(client, at(draft, "question", "q1"), text="Other words")
    response = client.post(f"/instruments/drafts/{draft.pk}/finish/", {"step": step}, follow=True)
    assert "Somebody changed this draft meanwhile" in words_of(response)
    assert not Instrument.objects.exists()


def test_two_drafts_of_one_instrument_get_two_numbers(people: People, client_for: Callable[..., Any]) -> None:
    client = client_for(people.officer)
    kept = keep_instrument(by=people.officer, text=TEXT, owner=people.area)
    drafts = [begun(client, people, f"again:own-{kept.pk}") for _ in range(2)]
    assert [finished(client, one).version for one in drafts] == [2, 3]


def test_a_draft_is_for_those_who_ask_people_in_its_area(
    people: People, client_for: Callable[..., Any]
) -> None:
    draft = begun(client_for(people.officer), people)
    parts = [
        f"/instruments/drafts/{draft.pk}/{end}" for end in ("", "look/", "finish/", "remove/", "about/all/")
    ]
    for person, status in ((people.other_officer, 404), (factories.person(), 403)):
        client = client_for(person)
        assert {client.get(address).status_code for address in parts} == {status}
    other = client_for(people.other_officer)
    assert "Nothing is being written" in words_of(other.get("/instruments/drafts/"))
    kept = keep_instrument(by=people.officer, text=TEXT, owner=people.area)
    data = {"area": str(people.other_area.pk), "begin": f"own-{kept.pk}", "token": str(uuid4())}
    assert other.post(NEW, data).status_code == 200, "somebody else's is no choice"
    assert "Ask an officer" in words_of(client_for(people.head).get(NEW))


def test_what_does_not_exist_is_not_there(people: People, client_for: Callable[..., Any]) -> None:
    client = client_for(people.officer)
    draft = written(client, people)
    for kind, part in (
        ("question", "q9"),
        ("question", "nothing"),
        ("section", "x y"),
        ("plan", "all"),
        ("about", "q1"),
    ):
        assert client.get(at(draft, kind, part)).status_code == 404, (kind, part)
    for kind, part in (("section", "s9"), ("about", "all"), ("plan", "x")):
        assert client.get(reverse("surveys:build_remove", args=[draft.pk, kind, part])).status_code == 404


def test_the_list_of_drafts_asks_as_much_for_many_as_for_one(
    people: People, client_for: Callable[..., Any], list_query_count: Callable[..., int]
) -> None:
    client = client_for(people.officer)

    def make() -> None:
        InstrumentDraft.objects.create(
            owner=people.area, title="Mine", content=drafting.empty("Mine"), changed_by=people.officer
        )

    list_query_count(make, lambda: client.get("/instruments/drafts/"))
    assert "No draft has this" in words_of(client.get("/instruments/drafts/", {"q": "plums"}))
