from django.urls import include, path, re_path

from isthmus.apps.core import mail_views, record_views, sharing_views, shell_views, views

app_name = "core"
CHAIN = r"(?P<kind>area|installation)/(?P<number>[0-9]{1,18})"
urlpatterns = [
    path("accessibility/", views.accessibility, name="accessibility"),
    path("search/", shell_views.search, name="search"),
    path("help/", shell_views.help_page, name="help"),
    path("cookies/", shell_views.cookies, name="cookies"),
    path("tasks/", views.job_list, name="jobs"),
    path("tasks/<uuid:pk>/", views.job_detail, name="job"),
    path("tasks/<uuid:pk>/stop/", views.job_cancel, name="job_cancel"),
    path("record/", views.record_list, name="records"),
    re_path(rf"^record/{CHAIN}/$", views.record_detail, name="record"),
    re_path(rf"^record/{CHAIN}/head-(?P<size>[0-9]{{1,18}})\.json$", views.record_head, name="record_head"),
    path("sharing/", sharing_views.sharing_list, name="sharings"),
    path("sharing/sharing.csv", sharing_views.sharing_export, name="sharing_export"),
    path("sharing/new/", sharing_views.sharing_new, name="sharing_new"),
    path("sharing/who/", sharing_views.sharing_who, name="sharing_who"),
    path("sharing/<uuid:pk>/", sharing_views.sharing_detail, name="sharing"),
    path("sharing/<uuid:pk>/take-back/", sharing_views.sharing_take_back, name="sharing_take_back"),
    re_path(rf"^record/{CHAIN}/events/$", record_views.events, name="record_events"),
    re_path(rf"^record/{CHAIN}/events/save/$", record_views.events_export, name="record_events_export"),
    path("mail/", mail_views.mail_choices, name="mail_choices"),
    path("mail/stop/<uuid:pk>/", mail_views.mail_stop, name="mail_stop"),
]
# Joined to the product by site.urls in a demonstration only.
_letters = [
    path("mail/demonstration/", mail_views.demonstration_mail, name="messages"),
    path("mail/demonstration/<uuid:pk>/", mail_views.demonstration_message, name="message"),
]
demonstration_urls = [path("", include((_letters, "demonstration-mail")))]
