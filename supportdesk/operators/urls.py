"""The pages of the front door and of the platform's operators."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("accounts.urls")),
]
