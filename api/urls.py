"""Addresses of the interface, all below /api/."""

from django.urls import include, path

from api import token_pages
from api.views import acts, cases, description, files, people, points, policy, promises

app_name = "api"

ON_A_CASE = [
    path("", cases.OneCase.as_view()),
    path("timeline/", acts.Timeline.as_view()),
    path("promises/", promises.Promises.as_view()),
    path("attachments/", files.CaseFiles.as_view()),
    path("replies/", acts.Replies.as_view()),
    path("questions/", acts.Questions.as_view()),
    path("notes/", acts.Notes.as_view()),
    path("resolve/", acts.Solution.as_view()),
    path("close/", acts.Closing.as_view()),
    path("reopen/", acts.Reopening.as_view()),
    path("escalations/", acts.Escalations.as_view()),
    path("credit/", acts.Credit.as_view()),
]
ON_A_COMPANY = [
    path("", people.OneCompany.as_view()),
    path("points/", points.Points.as_view()),
    path("points/statement/", points.Statement.as_view()),
    path("points/packs/", points.Sales.as_view()),
]
V1 = [
    path("me/", policy.Me.as_view()),
    path("cases/", cases.Cases.as_view()),
    path("cases/<str:case>/", include(ON_A_CASE)),
    path("promise/", promises.Foreseen.as_view()),
    path("attachments/<uuid:file>/", files.OneFile.as_view()),
    path("attachments/<uuid:file>/content/", files.Content.as_view()),
    path("uploads/", files.Uploads.as_view()),
    path("uploads/<uuid:file>/", files.OneUpload.as_view()),
    path("companies/", people.Companies.as_view()),
    path("companies/<str:company>/", include(ON_A_COMPANY)),
    path("contacts/", people.Contacts.as_view()),
    path("contacts/<str:contact>/", people.OneContact.as_view()),
    path("contracts/", people.Contracts.as_view()),
    path("contracts/<str:contract>/", people.OneContract.as_view()),
    path("policy/", policy.CurrentPolicy.as_view()),
    path("policy/versions/", policy.Versions.as_view()),
    path("policy/versions/<str:number>/", policy.OneVersion.as_view()),
    path("articles/", policy.Articles.as_view()),
    path("articles/<str:article>/", policy.OneArticle.as_view()),
    path("openapi.json", description.openapi, name="openapi"),
]

urlpatterns = [
    path("", description.page, name="docs"),
    path("tokens/", token_pages.own, name="tokens"),
    path("tokens/<int:token_id>/revoke/", token_pages.revoke_own, name="token_revoke"),
    path("v1/", include(V1)),
]
