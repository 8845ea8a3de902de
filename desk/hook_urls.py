"""Where services outside call in, below /hooks/."""

from django.urls import path

from desk.incoming_hooks import acknowledge, hook

app_name = "hooks"

urlpatterns = [
    path("acknowledge/<str:token>/", acknowledge, name="acknowledge"),
    path("<str:token>/", hook, name="hook"),
]
