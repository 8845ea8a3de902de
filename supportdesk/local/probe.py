"""Ask whether the desk answers: for the supervisor, and as a container's health check."""

import http.client
import os
import sys

ADDRESS = "127.0.0.1"


def first_page_status(port: int) -> int | None:
    """Ask for the landing page; None when nobody answers.

    By address, for not every resolver knows names under localhost.
    """
    host = os.environ.get("BASE_HOST") or "localhost"
    connection = http.client.HTTPConnection(ADDRESS, port, timeout=10)
    try:
        connection.request("GET", "/", headers={"Host": f"{host}:{port}"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


if __name__ == "__main__":
    status = first_page_status(int(os.environ.get("PORT") or "8000"))
    sys.exit(0 if status and status < 500 else 1)
