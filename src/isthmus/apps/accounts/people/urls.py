from django.urls import path

from isthmus.apps.accounts.people import views

urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/invitations/", views.invitations, name="invitations"),
    path("people/invitations/<int:pk>/", views.invited, name="invited"),
    path("people/invitations/<int:pk>/send-again/", views.send_again, name="send_again"),
    path("people/invitations/<int:pk>/take-back/", views.take_back, name="take_back"),
    path("people/invite/", views.invite, name="invite"),
    path("people/me/", views.own_roles, name="own_roles"),
    path("people/roles/<int:pk>/", views.holding, name="holding"),
    path("people/roles/<int:pk>/end/", views.end_role, name="end_role"),
    path("people/roles/<int:pk>/hand-over/", views.name_successor, name="name_successor"),
    path("people/hand-overs/<uuid:pk>/", views.hand_over, name="hand_over"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path("invitations/<str:token>/decline/", views.decline, name="decline"),
]
