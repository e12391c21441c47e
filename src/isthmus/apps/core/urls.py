from django.urls import path

from isthmus.apps.core import views

app_name = "core"
urlpatterns = [
    path("accessibility/", views.accessibility, name="accessibility"),
    path("tasks/", views.job_list, name="jobs"),
    path("tasks/<uuid:pk>/", views.job_detail, name="job"),
    path("tasks/<uuid:pk>/stop/", views.job_cancel, name="job_cancel"),
]
