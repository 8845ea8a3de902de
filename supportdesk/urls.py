"""A vendor's pages: the portal at /, the desk at /desk/, the admin at /admin/."""

from django.urls import include, path

from api.token_pages import TokenPages
from desk.admin_site import site

urlpatterns = [
    # A face of its own, on the admin's site: neither knows the other.
    path("admin/api-tokens/", include((TokenPages(site).urls(), "api_tokens"))),
    path("admin/", site.urls),
    path("desk/mail/", include("mailbox.urls")),
    path("desk/", include("desk.urls")),
    path("acknowledge/", include("desk.link_urls")),
    path("digests/", include("desk.digest_urls")),
    path("hooks/", include("desk.hook_urls")),
    path("api/", include("api.urls")),
    path("mail/", include("mailbox.link_urls")),
    path("mailbox/", include("supportdesk.mailbox_page.urls")),
    path("styleguide/", include("supportdesk.styleguide.urls")),
    path("account/", include("accounts.urls")),
    path("brand/", include("accounts.brand_urls")),
    path("", include("portal.urls")),
]

# allauth looks here, for the operators' pages too.
handler429 = "accounts.views.too_many"
