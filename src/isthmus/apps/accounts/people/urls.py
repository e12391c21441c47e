from django.urls import path, re_path

from isthmus.apps.accounts.people import list_views, views

urlpatterns = [
    path("people/", list_views.people, name="people"),
    re_path(r"^people/people\.(?P<ending>csv|xlsx)$", list_views.people_export, name="people_export"),
    path("people/invitations/", list_views.invitations, name="invitations"),
    re_path(
        r"^people/invitations/invitations\.(?P<ending>csv|xlsx)$",
        list_views.invitations_export,
        name="invitations_export",
    ),
    path("people/invitations/<int:pk>/", views.invited, name="invited"),
    path("people/invitations/<int:pk>/send-again/", views.send_again, name="send_again"),
    path("people/invitations/<int:pk>/take-back/", views.take_back, name="take_back"),
    path("people/invite/", views.invite, name="invite"),
    path("people/me/", views.own_roles, name="own_roles"),
    path("people/roles/<int:pk>/", views.holding, name="holding"),
    path("people/roles/<int:pk>/term/", views.change_term, name="change_term"),
    path("people/roles/<int:pk>/end/", views.end_role, name="end_role"),
    path("people/roles/<int:pk>/hand-over/", views.name_successor, name="name_successor"),
    path("people/hand-overs/<uuid:pk>/", views.hand_over, name="hand_over"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path("invitations/<str:token>/decline/", views.decline, name="decline"),
]
