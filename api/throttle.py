"""How much a token may ask in a minute: counted in the database, the same for all servers."""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from api.models import ApiToken

# One statement: requests at the same moment wait for one another only as long as it takes. When
# a token was used is written at most once a minute.
COUNT = """
    WITH now AS (SELECT extract(epoch FROM clock_timestamp())::bigint AS seconds),
    seen AS (
        UPDATE api_apitoken SET last_used_at = clock_timestamp()
        WHERE tenant_id = %(tenant)s AND id = %(token)s
        AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - interval '1 minute')
    )
    INSERT INTO api_tokenuse AS used (tenant_id, token_id, minute, number)
    SELECT %(tenant)s, %(token)s, seconds / 60, 1 FROM now
    ON CONFLICT (tenant_id, token_id) DO UPDATE SET
        number = CASE WHEN used.minute = excluded.minute THEN used.number + 1 ELSE 1 END,
        minute = excluded.minute
    RETURNING number, 60 - (SELECT seconds FROM now) %% 60
"""


@dataclass(frozen=True)
class Allowance:
    """What a token has left in the running minute of real time."""

    limit: int
    number: int
    seconds: int

    @property
    def is_over(self) -> bool:
        return self.number > self.limit

    def headers(self) -> dict[str, str]:
        """Tell it: how much in all, how much is left, and in how many seconds it begins anew."""
        told = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(self.limit - self.number, 0)),
            "RateLimit-Reset": str(self.seconds),
        }
        return told | ({"Retry-After": str(self.seconds)} if self.is_over else {})


def count(token: ApiToken) -> Allowance:
    """Count one request of a token, in a transaction that is over before its work begins."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"tenant": token.tenant_id, "token": token.pk})
        number, seconds = cursor.fetchone()
    return Allowance(settings.API_REQUESTS_A_MINUTE, number, int(seconds))
