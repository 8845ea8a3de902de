"""The link of a digest that works without signing in, below /digests/."""

from django.urls import path

from desk.views.digests import stop

app_name = "digests"

urlpatterns = [path("<str:token>/", stop, name="stop")]
