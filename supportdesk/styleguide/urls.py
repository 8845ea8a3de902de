"""The parts that every page is made of, on one page; where somebody develops or tries it."""

from django.urls import path

from supportdesk.styleguide import views

app_name = "styleguide"

urlpatterns = [path("", views.page, name="page")]
