"""Links of the desk's mail and pages that work without signing in, below /acknowledge/."""

from django.urls import path

from desk.views.acknowledging import link

app_name = "acknowledge"

urlpatterns = [path("<str:token>/", link, name="link")]
