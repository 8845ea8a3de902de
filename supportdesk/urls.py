"""A vendor's pages: the portal at /, the desk at /desk/, the admin at /admin/."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("accounts.urls")),
]

# allauth looks here, for the operators' pages too.
handler429 = "accounts.views.too_many"
