"""What the desk calls for others: the world outside only, and never for long."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from time import sleep

import pytest

from outbox import egress
from outbox.egress import AddressRefused, BadAddress, NoAnswer, call, check_url, why_refused

HOUSE = ["127.0.0.0/8"]


class Talker(BaseHTTPRequestHandler):
    """Answers as the path says."""

    def do_POST(self):
        self.server.heard.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        getattr(self, f"_{self.path.strip('/')}")()

    def _ok(self):
        self._answer(200, b"thanks")

    def _away(self):
        self.send_response(302)
        self.send_header("Location", "http://169.254.169.254/latest/meta-data")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _flood(self):
        self._answer(200, b"x" * 10_000_000)

    def _drip(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b"x")
            self.wfile.flush()
            sleep(0.05)

    def _crowd(self):
        self._say(b"HTTP/1.1 200 OK\r\n" + b"X-One: 1\r\n" * 200 + b"\r\n")

    def _babble(self):
        self._say(b"SSH-2.0-\0\r\n")

    def _long(self):
        self._say(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000 + b"\r\n\r\n")

    def _halves(self):
        self._say(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")

    def _say(self, raw):
        self.wfile.write(raw)
        self.close_connection = True

    def _hangup(self):
        self.connection.shutdown(socket.SHUT_RDWR)

    def _answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            return

    def log_message(self, *_arguments):
        return


@pytest.fixture
def talker():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Talker)
    server.heard = []
    server.handle_error = lambda *_arguments: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def post(server, path, host="127.0.0.1", **options):
    url = f"http://{host}:{server.server_port}{path}"
    return call("POST", url, headers={}, body=b"{}", **options)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "192.0.2.1", "198.51.100.7", "203.0.113.9",
        "198.18.0.1", "192.0.0.8", "224.0.0.1", "239.255.255.255", "240.0.0.1",
        "255.255.255.255", "192.88.99.1", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1",
        "2002:7f00:1::", "2002:a00:1::1", "2002:c0a8:101::", "2001:0:4136:e378:8000:63bf:f5ff:fffe",
        "2001::1", "2001:db8::1", "fe80::1", "fec0::1", "fc00::1", "fd12::1", "ff02::1",
        "100::1", "3fff::1", "2a00:1450::5efe:7f00:1", "2a00:1450::200:5efe:a00:1",
    ],
)  # fmt: skip
def test_no_address_of_the_inside_is_called(address):
    assert why_refused(ip_address(address)) != ""


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_the_world_outside_may_be_called(address):
    assert why_refused(ip_address(address)) == ""


def test_the_house_makes_exceptions_and_bans_of_its_own(settings):
    settings.EGRESS_ALLOWED = ["10.1.0.0/16"]
    settings.EGRESS_REFUSED = ["10.1.9.0/24", "8.8.8.0/24"]

    assert why_refused(ip_address("10.1.2.3")) == ""
    assert why_refused(ip_address("10.1.9.3")) != ""
    assert why_refused(ip_address("::ffff:10.1.2.3")) != ""
    assert why_refused(ip_address("8.8.8.8")) != ""


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "gopher://x/", "ftp://x/", "//x/", "x", "", "https://", "https:///a",
        "https://user:pass@x/", "https://x:99999/", "https://x /", "https://a\\@b/",
        "https://[fe80::1%25eth0]/", "https://%31/", "http://example.org/", "https://x/\n",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_when_it_is_typed(url):
    with pytest.raises(BadAddress):
        check_url(url)


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost", "[::ffff:7f00:1]"]
)
def test_an_address_written_otherwise_is_the_same_address(host, talker, settings):
    with pytest.raises(AddressRefused):
        post(talker, "/ok", host)

    assert talker.heard == []


def test_a_name_is_looked_up_once_and_the_checked_address_is_called(talker, settings, monkeypatch):
    settings.EGRESS_ALLOWED = HOUSE
    answers = [["127.0.0.1"], ["169.254.169.254"]]
    asked = []

    def look_up(host, port, **_options):
        asked.append(host)
        found = answers.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    monkeypatch.setattr(egress.socket, "getaddrinfo", _for_names(look_up, "rebound.example"))

    answer = post(talker, "/ok", "rebound.example")
    with pytest.raises(AddressRefused):
        post(talker, "/ok", "rebound.example")

    assert (answer.status, answer.text) == (200, "thanks")
    assert asked == ["rebound.example"] * 2
    assert len(talker.heard) == 1


def test_one_inner_address_among_several_refuses_them_all(talker, settings, monkeypatch):
    settings.EGRESS_ALLOWED = HOUSE
    both = [(socket.AF_INET, 1, 6, "", (one, 1)) for one in ("127.0.0.1", "10.0.0.1")]
    both_ways = _for_names(lambda *_a, **_o: both, "mixed.example")
    monkeypatch.setattr(egress.socket, "getaddrinfo", both_ways)

    with pytest.raises(AddressRefused):
        post(talker, "/ok", "mixed.example")

    assert talker.heard == []


def test_an_answer_is_followed_nowhere_and_read_no_further_than_64_kb(talker, settings):
    settings.EGRESS_ALLOWED = HOUSE

    away, flood = post(talker, "/away"), post(talker, "/flood")

    assert away.status == 302
    assert (flood.status, len(flood.body)) == (200, 64 * 1024)


def test_who_drips_is_cut_off(talker, settings):
    settings.EGRESS_ALLOWED = HOUSE

    with pytest.raises(NoAnswer, match="too long"):
        post(talker, "/drip", seconds=0.4)

    with pytest.raises(NoAnswer):
        post(talker, "/hangup")


@pytest.mark.parametrize("path", ["/crowd", "/babble", "/long", "/halves"])
def test_who_does_not_speak_http_has_given_no_answer(path, talker, settings):
    settings.EGRESS_ALLOWED = HOUSE

    with pytest.raises(NoAnswer) as told:
        post(talker, path)

    assert str(told.value) == "No answer: what came back is no whole answer of HTTP"


def test_a_key_that_cannot_be_sent_is_not_told(talker, settings):
    settings.EGRESS_ALLOWED = HOUSE
    url = f"http://127.0.0.1:{talker.server_port}/ok"

    with pytest.raises(NoAnswer) as told:
        call("POST", url, headers={"Authorization": "Bearer sesame\r\nX-Other: 1"}, body=b"{}")

    assert "sesame" not in str(told.value)
    assert talker.heard == []


def test_a_name_with_many_dead_addresses_is_tried_no_longer_than_any_other(settings, monkeypatch):
    dead = [(socket.AF_INET, 1, 6, "", (f"8.8.{one}.8", 1)) for one in range(100)]
    tried = []

    def connect(address, timeout):
        tried.append((address, timeout))
        sleep(min(timeout, 0.05))
        raise TimeoutError

    look_up = _for_names(lambda *_a, **_o: dead, "dead.example")
    monkeypatch.setattr(egress.socket, "getaddrinfo", look_up)
    monkeypatch.setattr(egress.socket, "create_connection", connect)

    with pytest.raises(NoAnswer, match="too long"):
        call("POST", "https://dead.example/", headers={}, body=b"{}", seconds=0.3)

    assert 0 < len(tried) < 10


def _for_names(look_up, name):
    real = socket.getaddrinfo

    def asked(host, *arguments, **options):
        return (look_up if host == name else real)(host, *arguments, **options)

    return asked
