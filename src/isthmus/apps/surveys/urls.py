from django.urls import path

from isthmus.apps.core.unnamed import PREFIX
from isthmus.apps.surveys.views import answering, report

app_name = "surveys"
UNNAMED = PREFIX.lstrip("/")
urlpatterns = [
    path("surveys/<int:pk>/report/", report.report, name="report"),
    path(UNNAMED, answering.code, name="code"),
    path(f"{UNNAMED}<slug:code>/", answering.intro, name="intro"),
    path(f"{UNNAMED}<slug:code>/questions/", answering.questions, name="questions"),
    path(f"{UNNAMED}<slug:code>/thanks/", answering.thanks, name="thanks"),
]
