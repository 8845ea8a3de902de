"""The product's addresses with an admin in front that knows the policy."""

from django.urls import path

from desk.admin_site import TenantAdminSite
from sla.admin import register
from supportdesk.urls import urlpatterns as all_others

site = TenantAdminSite()
register(site)

urlpatterns = [path("admin/", site.urls), *all_others]
