from django.urls import path, re_path

from isthmus.apps.networks.views import plans as views

app_name = "networks"
urlpatterns = [
    path("plans/", views.plan_list, name="plans"),
    path("plans/new/", views.plan_new, name="plan_new"),
    path("plans/<int:pk>/", views.plan_detail, name="plan"),
    path("plans/<int:pk>/map.geojson", views.plan_map, name="plan_map"),
    re_path(
        r"^plans/(?P<pk>[0-9]{1,18})/plan\.(?P<ending>xlsx|csv|geojson)$",
        views.plan_export,
        name="plan_export",
    ),
    path("plans/<int:pk>/remove/", views.plan_remove, name="plan_remove"),
]
