"""The ids that mail is known by outside of the desk: one for each message, one for each thread."""

import re
import uuid

from django.conf import settings

THREAD = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")


def new_message_id() -> str:
    """Make a Message-ID that says nothing about the message and that nobody can guess."""
    return f"<{uuid.uuid4().hex}@{settings.BASE_HOST}>"


def thread_headers(thread: str) -> dict[str, str]:
    """Make the headers that show all mail of one thread as a conversation: `Rendered.headers`.

    `thread` is lower-case letters, digits, dots and hyphens, the same for all of its mail and not
    to be guessed: "case." and the case's UUID. The id that it becomes is no message's own; mail
    programs group by what messages refer to. Raises ValueError.
    """
    if not THREAD.fullmatch(thread):
        raise ValueError(f"not the name of a thread: {thread!r}")
    root = f"<{thread}@{settings.BASE_HOST}>"
    return {"In-Reply-To": root, "References": root}
