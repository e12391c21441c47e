"""Every address of the product. Each app adds its own."""

from django.conf import settings
from django.urls import include, path

from isthmus.apps.accounts.signing import urls as signing
from isthmus.apps.core import views as core
from isthmus.site.metrics import metrics_page

urlpatterns = [
    path("", core.home, name="home"),
    path("healthz", core.healthz, name="healthz"),
    path("metrics", metrics_page, name="metrics"),
    path("", include("isthmus.apps.surveys.urls")),  # first: thousands answer at once
    path("", include("isthmus.apps.core.urls")),
    path("", include("isthmus.apps.accounts.urls")),
    path("sign-in/", include(signing.entering)),
    path("account/", include(signing.owning)),
    path("", include("isthmus.apps.register.urls")),
    path("", include("isthmus.apps.needs.urls")),
    path("", include("isthmus.apps.networks.urls")),
]
if settings.DEMONSTRATION:
    from isthmus.apps.accounts.urls import demonstration_urls
    from isthmus.apps.core.urls import demonstration_urls as demonstration_mail

    urlpatterns += demonstration_urls + demonstration_mail

handler400 = "isthmus.apps.core.views.bad_request"
handler403 = "isthmus.apps.core.views.forbidden"
handler404 = "isthmus.apps.core.views.not_found"
handler429 = "isthmus.apps.accounts.signing.views.too_many"
handler500 = "isthmus.apps.core.views.server_error"
