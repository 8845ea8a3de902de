"""Pages behind links in mail, and where providers bring mail, below /mail/."""

from django.urls import path

from mailbox.views.confirm import confirm
from mailbox.views.hook import hook

app_name = "mail"

urlpatterns = [
    path("confirm/<str:token>/", confirm, name="confirm"),
    path("in/<int:mailbox_id>/<slug:secret>/", hook, name="hook"),
]
