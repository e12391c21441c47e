from django.urls import path, re_path

from isthmus.apps.core.unnamed import PREFIX
from isthmus.apps.surveys.views import (
    answering,
    attributed,
    building,
    comments,
    instruments,
    posters,
    report,
    report_files,
    schools,
    wave,
    waves,
)

app_name = "surveys"
UNNAMED = PREFIX.lstrip("/")
ENDING = r"(?P<ending>xlsx|csv)"
urlpatterns = [
    path(UNNAMED, answering.code, name="code"),
    path(f"{UNNAMED}<slug:code>/", answering.intro, name="intro"),
    path(f"{UNNAMED}<slug:code>/questions/", answering.questions, name="questions"),
    path(f"{UNNAMED}<slug:code>/thanks/", answering.thanks, name="thanks"),
    path(f"{UNNAMED}<slug:code>/link/<slug:token>/", answering.link_intro, name="link_intro"),
    path(
        f"{UNNAMED}<slug:code>/link/<slug:token>/questions/", answering.link_questions, name="link_questions"
    ),
    path("surveys/", waves.home, name="home"),
    re_path(rf"^surveys/questionnaires\.{ENDING}$", waves.home_file, name="home_file"),
    path("surveys/new/", waves.new, name="new"),
    path("surveys/<int:pk>/", wave.wave_page, name="wave"),
    path("surveys/<int:pk>/change/", waves.change, name="change"),
    path("surveys/<int:pk>/schools/", schools.schools, name="schools"),
    path("surveys/<int:pk>/open/", schools.opening, name="open"),
    path("surveys/<int:pk>/extend/", wave.extend, name="extend"),
    path("surveys/<int:pk>/close/", wave.close, name="close"),
    path("surveys/<int:pk>/remove/", wave.remove, name="remove"),
    path("surveys/<int:pk>/posters/", posters.posters, name="posters"),
    re_path(rf"^surveys/(?P<pk>[0-9]{{1,18}})/links\.{ENDING}$", posters.links_file, name="links_file"),
    path("surveys/<int:pk>/answer/<int:number>/", attributed.answer, name="answer"),
    path("surveys/<int:pk>/report/", report.report, name="report"),
    re_path(
        rf"^surveys/(?P<pk>[0-9]{{1,18}})/report\.{ENDING}$", report_files.report_file, name="report_file"
    ),
    re_path(
        r"^surveys/(?P<pk>[0-9]{1,18})/report\.(?P<ending>pdf|docx)$",
        report_files.report_document,
        name="report_document",
    ),
    path("surveys/<int:pk>/comments/", comments.comments, name="comments"),
    path("surveys/<int:pk>/comments/<int:number>/", comments.comment, name="comment"),
    path("instruments/", instruments.instruments, name="instruments"),
    re_path(rf"^instruments/instruments\.{ENDING}$", instruments.instruments_file, name="instruments_file"),
    path("instruments/new/", instruments.instrument_new, name="instrument_new"),
    path("instruments/drafts/", building.drafts, name="drafts"),
    path("instruments/drafts/new/", building.build_new, name="build_new"),
    path("instruments/drafts/<int:pk>/", building.build, name="build"),
    path("instruments/drafts/<int:pk>/look/", building.build_look, name="build_look"),
    path("instruments/drafts/<int:pk>/finish/", building.build_finish, name="build_finish"),
    path("instruments/drafts/<int:pk>/remove/", building.build_drop, name="build_drop"),
    path(
        "instruments/drafts/<int:pk>/remove/<str:kind>/<str:part>/",
        building.build_remove,
        name="build_remove",
    ),
    path("instruments/drafts/<int:pk>/<str:kind>/<str:part>/", building.build_part, name="build_part"),
    path("instruments/<slug:key>/", instruments.instrument, name="instrument"),
    path("instruments/<slug:key>/text.yaml", instruments.instrument_file, name="instrument_file"),
]
