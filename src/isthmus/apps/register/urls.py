"""Addresses of the register."""

from django.urls import path

from isthmus.apps.register import views
from isthmus.apps.register.views import areas, imports

app_name = "register"
urlpatterns = [
    path("schools/", views.school_list, name="schools"),
    path("schools/schools.csv", views.school_export, name="schools_export"),
    path("schools/<slug:urn>/", views.school_detail, name="school"),
    path("organisations/<int:pk>/", views.organisation_detail, name="organisation"),
    path("areas/", views.area_list, name="areas"),
    path("areas/own/", areas.area_own, name="areas_own"),
    path("areas/new/", areas.area_new, name="area_new"),
    path("areas/open/", areas.area_open, name="area_open"),
    path("areas/<int:pk>/change/", areas.area_change, name="area_change"),
    path("areas/<int:pk>/remove/", areas.area_remove, name="area_remove"),
    path("areas/<int:pk>/pick/", areas.area_pick, name="area_pick"),
    path("areas/<int:pk>/terms/", areas.area_terms, name="area_terms"),
    path("areas/<int:pk>/themes/", areas.area_themes, name="area_themes"),
    path("areas/<int:pk>/themes/new/", areas.area_theme, name="area_theme_new"),
    path("areas/<int:pk>/themes/<int:number>/", areas.area_theme, name="area_theme"),
    path("areas/<int:pk>/partners/", areas.area_partners, name="area_partners"),
    path("areas/<int:pk>/partners/<int:number>/end/", areas.area_partner_end, name="area_partner_end"),
    path("areas/<int:pk>/", views.area_detail, name="area"),
    path("areas/<int:pk>/schools.geojson", views.area_schools, name="area_schools"),
    path("areas/<int:pk>/boundary.geojson", views.area_boundary, name="area_boundary"),
    path("areas/<int:pk>/places.geojson", views.area_places, name="area_places"),
    path("register-files/", imports.import_list, name="imports"),
    path("register-files/new/", imports.import_new, name="import_new"),
    path("register-files/<int:pk>/", imports.import_detail, name="import"),
]
