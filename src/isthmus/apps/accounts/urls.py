from django.urls import include, path

from isthmus.apps.accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("roles/", views.roles, name="roles"),
    path("", include("isthmus.apps.accounts.people.urls")),
    path("", include("isthmus.apps.accounts.privacy.urls")),
    path("", include("isthmus.apps.accounts.rights.urls")),
]
# Joined to the product by site.urls in a demonstration only.
demonstration_urls = [
    path(
        "",
        include(
            ([path("sign-in/demonstration/", views.sign_in_demonstration, name="sign_in")], "demonstration")
        ),
    )
]
