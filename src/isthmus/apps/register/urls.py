"""Addresses of the register."""

from django.urls import path

from isthmus.apps.register import views
from isthmus.apps.register.views import imports

app_name = "register"
urlpatterns = [
    path("schools/", views.school_list, name="schools"),
    path("schools/schools.csv", views.school_export, name="schools_export"),
    path("schools/<slug:urn>/", views.school_detail, name="school"),
    path("organisations/<int:pk>/", views.organisation_detail, name="organisation"),
    path("areas/", views.area_list, name="areas"),
    path("areas/<int:pk>/", views.area_detail, name="area"),
    path("areas/<int:pk>/schools.geojson", views.area_schools, name="area_schools"),
    path("areas/<int:pk>/boundary.geojson", views.area_boundary, name="area_boundary"),
    path("areas/<int:pk>/places.geojson", views.area_places, name="area_places"),
    path("register-files/", imports.import_list, name="imports"),
    path("register-files/new/", imports.import_new, name="import_new"),
    path("register-files/<int:pk>/", imports.import_detail, name="import"),
]
