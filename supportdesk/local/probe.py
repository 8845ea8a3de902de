"""Ask whether the desk answers: for the supervisor, and as a container's health check."""

import http.client
import os
import sys

ADDRESS = "127.0.0.1"


def page_answers(port: int) -> bool:
    """Ask for the landing page. By address, for not every resolver knows names under localhost."""
    host = os.environ.get("BASE_HOST") or "localhost"
    connection = http.client.HTTPConnection(ADDRESS, port, timeout=10)
    try:
        connection.request("GET", "/", headers={"Host": f"{host}:{port}"})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if page_answers(int(os.environ.get("PORT") or "8000")) else 1)
