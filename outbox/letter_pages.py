"""A message in HTML as an answer of ours: for a frame on a page, where nothing in it can act."""

import re
from base64 import b64encode
from hashlib import sha256

from django.http import HttpResponse

_STYLE = re.compile(r"<style>(.*?)</style>|style=\"([^\"]*)\"", re.DOTALL)
_HEAD = "<head>"


def letter_page(html: str) -> HttpResponse:
    """Show a message that `html_letter` wrote. Links open elsewhere; only its own styles count."""
    response = HttpResponse(html.replace(_HEAD, f'{_HEAD}<base target="_blank">', 1))
    styles = " ".join(sorted({f"'sha256-{_digest(a or b)}'" for a, b in _STYLE.findall(html)}))
    response["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'unsafe-hashes' {styles}; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'self'; "
        "sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cache-Control"] = "private, no-store"
    return response


def _digest(style: str) -> str:
    return b64encode(sha256(style.encode()).digest()).decode()
