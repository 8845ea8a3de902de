"""A vendor's pages: the portal at /, the desk at /desk/, the admin at /admin/."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("accounts.urls")),
]
