"""The desk's pages about incoming mail, below /desk/mail/."""

from django.urls import path

from mailbox.views import boxes, incoming

app_name = "incoming"

urlpatterns = [
    path("", incoming.mails, name="list"),
    path("boxes/", boxes.boxes, name="boxes"),
    path("boxes/new/", boxes.box, name="box_new"),
    path("boxes/<int:mailbox_id>/", boxes.box, name="box"),
    path("boxes/<int:mailbox_id>/address/", boxes.new_address, name="box_address"),
    path("<int:mail_id>/", incoming.mail, name="mail"),
    path("<int:mail_id>/raw/", incoming.raw, name="raw"),
    path("<int:mail_id>/<slug:act>/", incoming.act, name="act"),
]
