from django.urls import path

from isthmus.apps.accounts.privacy import views

urlpatterns = [
    path("privacy/", views.home, name="privacy"),
    path("privacy/notice/", views.notice, name="privacy_notice"),
    path("privacy/records/", views.records, name="privacy_records"),
    path("privacy/records.<str:ending>", views.records_export, name="privacy_records_export"),
    path("privacy/assessment/", views.assessment, name="privacy_assessment"),
    path("privacy/assessment.<str:ending>", views.assessment_export, name="privacy_assessment_export"),
    path("privacy/retention/", views.retention, name="retention"),
    path("privacy/retention/<slug:key>/", views.retention_change, name="retention_change"),
    path("privacy/controller/", views.controller, name="controller"),
    path("privacy/disposals/", views.disposals, name="disposals"),
    path("privacy/disposals.<str:ending>", views.disposals_export, name="disposals_export"),
    path("privacy/disposals/<int:pk>/", views.disposal, name="disposal"),
    path("privacy/disposals/<int:pk>/certificate.json", views.disposal_file, name="disposal_file"),
]
