from django.urls import path, re_path

from isthmus.apps.needs.views import area, files, school, ties

ENDING = r"(?P<ending>xlsx|csv)"
AREA = r"^areas/(?P<pk>[0-9]{1,18})"
SCHOOL = r"^areas/(?P<pk>[0-9]{1,18})/needs/schools/(?P<urn>[0-9]{5,7})/"

app_name = "needs"
urlpatterns = [
    path("needs/", area.home, name="home"),
    path("areas/<int:pk>/needs/", area.area_matrix, name="area"),
    re_path(rf"{AREA}/needs/needs\.{ENDING}$", area.area_file, name="area_file"),
    re_path(rf"{AREA}/needs/template\.{ENDING}$", area.template_file, name="template"),
    path("areas/<int:pk>/needs/when-old/", area.staleness, name="staleness"),
    re_path(rf"{SCHOOL}$", school.school_page, name="school"),
    re_path(rf"{SCHOOL}all/$", school.school_all, name="school_all"),
    re_path(rf"{SCHOOL}(?P<number>[0-9]{{1,18}})/$", school.theme_page, name="theme"),
    re_path(rf"{SCHOOL}(?P<number>[0-9]{{1,18}})/met/$", school.met, name="met"),
    path("areas/<int:pk>/needs/files/", files.upload_list, name="uploads"),
    path("areas/<int:pk>/needs/files/new/", files.needs_upload_new, name="needs_upload_new"),
    path("areas/<int:pk>/needs/files/<int:number>/", files.upload, name="upload"),
    path("areas/<int:pk>/ties/", ties.tie_list, name="ties"),
    re_path(rf"{AREA}/ties/ties\.{ENDING}$", ties.ties_file, name="ties_file"),
    re_path(rf"{AREA}/ties/template\.{ENDING}$", files.ties_template, name="ties_template"),
    path("areas/<int:pk>/ties/new/", ties.tie, name="tie_new"),
    path("areas/<int:pk>/ties/file/", files.ties_upload_new, name="ties_upload_new"),
    path("areas/<int:pk>/ties/<int:number>/", ties.tie, name="tie"),
    path("areas/<int:pk>/ties/<int:number>/remove/", ties.tie_remove, name="tie_remove"),
    path("areas/<int:pk>/competition/", ties.competition_list, name="competition"),
    re_path(rf"{AREA}/competition/competition\.{ENDING}$", ties.competition_file, name="competition_file"),
    re_path(
        rf"{AREA}/competition/template\.{ENDING}$", files.competition_template, name="competition_template"
    ),
    path("areas/<int:pk>/competition/new/", ties.competition_new, name="competition_new"),
    path("areas/<int:pk>/competition/estimate/", ties.competition_estimate, name="competition_estimate"),
    path("areas/<int:pk>/competition/<int:number>/end/", ties.competition_end, name="competition_end"),
    path("areas/<int:pk>/competition/files/", files.competition_uploads, name="competition_uploads"),
    path(
        "areas/<int:pk>/competition/files/new/", files.competition_upload_new, name="competition_upload_new"
    ),
    path(
        "areas/<int:pk>/competition/files/<int:number>/", files.competition_upload, name="competition_upload"
    ),
]
