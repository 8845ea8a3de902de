"""A request with an `Idempotency-Key` does once what it asks for, however often it is sent.

The key is a row of the transaction of the effect: of many at the same moment one does it, the
others wait at the unique key, and are told what it was told. What is refused keeps nothing, so
that the same key is good once the reason is out of the way.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import connection
from django.http import HttpRequest, HttpResponse
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from accounts.collisions import all_or_nothing
from api.errors import BadKey, KeyUsedOtherwise
from api.gate import FORM
from api.models import LONGEST_KEY, ApiToken, KeptReply
from outbox.clock import real_now
from transfer.keepers import Keeper, Known, register_keeper

KEPT_FOR = timedelta(days=2)
JSON = "application/json"
AGAIN = "Idempotency-Replayed"
# What is said again of something whose words were erased.
ERASED = "{}"
# A second one waits here until the first has committed, or goes on if that was rolled back.
CLAIM = """
    INSERT INTO api_keptreply (tenant_id, token_id, key, digest, status, headers, body, kept_at)
    VALUES (%s, %s, %s, %s, 0, '{}', '', clock_timestamp())
    ON CONFLICT (tenant_id, token_id, key) DO NOTHING RETURNING id
"""
KEPT_HEADERS = ("ETag", "Location")


def once(
    request: HttpRequest, token: ApiToken, perform: Callable[[], Response]
) -> Response | HttpResponse:
    """Do what a request asks for, unless one with the same key has done it: then say the same.

    All of it or nothing, in a savepoint. Raises BadKey, KeyUsedOtherwise, and what it raises.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        with all_or_nothing():
            return perform()
    if not 1 <= len(key) <= LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise BadKey(most=LONGEST_KEY)
    digest = digest_of(request)
    with all_or_nothing():
        row_id = _claim(token, key, digest)
        if row_id is None:
            return _said(token, key, digest)
        response = perform()
        _keep(row_id, response)
    return response


def forget_replies(at: datetime) -> int:
    """Throw away the replies that are older than two days of real time; part of the daily work."""
    return KeptReply.objects.filter(kept_at__lt=real_now() - KEPT_FOR).delete()[0]


def register_forgetting() -> None:
    """Tell whoever erases what is kept of answers."""
    register_keeper("api_replies", Keeper(forget_person, forget_cases))


def forget_person(known: Known) -> int:
    """Take the words out of every kept answer of the vendor; count them.

    Whom an answer names cannot be told from its text for sure. That something was done stays, so
    that who asks again does not have it done twice.
    """
    return KeptReply.objects.exclude(body="").update(body=ERASED)


def forget_cases(_case_ids: Sequence[int], _at: datetime) -> int:
    """Leave answers alone: they are gone long before a case is old enough."""
    return 0


def digest_of(request: HttpRequest) -> str:
    """Tell requests apart by what they ask for; the boundary of a form is no part of that."""
    digest = sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type != FORM:
        digest.update(request.body)
        return digest.hexdigest()
    for name, values in sorted(request.POST.lists()):
        digest.update(f"{name}={values!r}\n".encode(errors="surrogatepass"))
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(f"{name}={file.name!r} {file.size}\n".encode(errors="surrogatepass"))
            for block in file.chunks():
                digest.update(block)
            file.seek(0)
    return digest.hexdigest()


def _claim(token: ApiToken, key: str, digest: str) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [token.tenant_id, token.pk, key, digest])
        found = cursor.fetchone()
    return found[0] if found else None


def _said(token: ApiToken, key: str, digest: str) -> HttpResponse:
    kept = KeptReply.objects.get(token=token, key=key)
    if kept.digest != digest:
        raise KeyUsedOtherwise
    response = HttpResponse(kept.body.encode(), status=kept.status, content_type=JSON)
    for name, value in (kept.headers | {AGAIN: "true"}).items():
        response[name] = value
    return response


def _keep(row_id: int, response: Response) -> None:
    body = JSONRenderer().render(response.data).decode() if response.data is not None else ""
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    found = KeptReply.objects.filter(pk=row_id)
    found.update(status=response.status_code, headers=headers, body=body)
