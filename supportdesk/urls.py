"""A vendor's pages: the portal at /, the desk at /desk/, the admin at /admin/."""

from django.urls import include, path

from desk.admin_site import site

urlpatterns = [
    path("admin/", site.urls),
    path("desk/", include("desk.urls")),
    path("acknowledge/", include("desk.link_urls")),
    path("mailbox/", include("supportdesk.mailbox_page.urls")),
    path("styleguide/", include("supportdesk.styleguide.urls")),
    path("account/", include("accounts.urls")),
    path("brand/", include("accounts.brand_urls")),
    path("", include("portal.urls")),
]

# allauth looks here, for the operators' pages too.
handler429 = "accounts.views.too_many"
