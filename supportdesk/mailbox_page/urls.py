"""The mailbox of the demonstration, on every host."""

from django.urls import path

from supportdesk.mailbox_page import views

app_name = "mailbox"

urlpatterns = [
    path("", views.mail_list, name="list"),
    path("<int:mail_id>/", views.mail, name="mail"),
    path("<int:mail_id>/html/", views.html, name="html"),
]
