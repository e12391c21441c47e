from django.urls import path

from isthmus.apps.accounts.rights.views import holds, leaving, own, requests

urlpatterns = [
    path("your-information/", own.your_information, name="your_information"),
    path("your-information/ask/<str:right>/", own.ask, name="ask_right"),
    path("your-information/requests/<uuid:pk>/", own.own_request, name="own_request"),
    path("your-information/requests/<uuid:pk>/withdraw/", own.withdraw, name="withdraw_request"),
    path("your-information/copies/<uuid:pk>/save/", own.save_copy, name="save_copy"),
    path("privacy/requests/", requests.requests, name="rights_requests"),
    path("privacy/requests/export/", requests.requests_export, name="rights_export"),
    path("privacy/requests/record/", requests.record, name="rights_record"),
    path("privacy/requests/<uuid:pk>/", requests.request_page, name="rights_request"),
    path("privacy/requests/<uuid:pk>/extend/", requests.extend, name="rights_extend"),
    path("privacy/requests/<uuid:pk>/answer/", requests.answer, name="rights_answer"),
    path("privacy/requests/<uuid:pk>/copy/", requests.make_copy, name="rights_make_copy"),
    path("privacy/requests/<uuid:pk>/put-right/", requests.put_right, name="rights_put_right"),
    path("privacy/requests/<uuid:pk>/restrict/", requests.restrict, name="rights_restrict"),
    path("privacy/requests/<uuid:pk>/lift/", requests.lift_restriction, name="rights_lift"),
    path("privacy/requests/<uuid:pk>/erase/", requests.erase, name="rights_erase"),
    path("privacy/holds/", holds.holds, name="holds"),
    path("privacy/holds/place/", holds.place, name="place_hold"),
    path("privacy/holds/<int:pk>/", holds.hold, name="hold"),
    path("leaving/", leaving.leavings, name="leavings"),
    path("leaving/begin/", leaving.begin, name="begin_leaving"),
    path("leaving/<uuid:pk>/", leaving.leaving_page, name="leaving"),
    path("leaving/<uuid:pk>/copy/", leaving.make_copy, name="leaving_copy"),
    path("leaving/<uuid:pk>/stop/", leaving.stop, name="stop_leaving"),
    path("leaving/<uuid:pk>/purge/", leaving.purge, name="purge"),
]
