"""The vendor's colour, logo and flow chart; each address names its content, so it never changes."""

from django.urls import path

from accounts import brand_views

app_name = "brand"

urlpatterns = [
    path("<slug:name>.css", brand_views.style, name="style"),
    path("logo/<slug:sha>/", brand_views.logo, name="logo"),
    path("flow-chart/<slug:sha>/", brand_views.flow_chart, name="flow_chart"),
]
