"""The pages of the front door and of the platform's operators."""

from django.urls import include, path

from supportdesk.operators import new_vendor, views

urlpatterns = [
    path("", views.landing, name="landing"),
    path("desk-time/", views.desk_time, name="desk_time"),
    path("desk-time/move/", views.move, name="move_desk_time"),
    path("desk-time/move-to/", views.move_to, name="move_desk_time_to"),
    path("desk-time/move-to-date/", views.move_to_date, name="move_desk_time_to_date"),
    path("vendors/new/", new_vendor.new_vendor, name="new_vendor"),
    path("vendors/<slug:slug>/invite/", new_vendor.invite, name="invite_manager"),
    path("health/", views.health, name="health"),
    path("mailbox/", include("supportdesk.mailbox_page.urls")),
    path("account/", include("accounts.urls")),
]
