"""A mail server at the network's edge that can misbehave in every way that matters here."""

import email
import socketserver
import threading
from collections import defaultdict
from email import policy
from email.message import EmailMessage

# What the server does with one attempt for an address; "accept" once its list is used up.
# "550 text", "451 text", "421 text": that reply to RCPT. "data 451 text": that reply to the text.
ACCEPT = "accept"
DROP_AT_RCPT = "drop at rcpt"
DROP_AFTER_DATA = "drop after data"  # takes the message and hangs up without a word
HANG_AFTER_DATA = "hang after data"  # takes the message and never answers
LOSE_AFTER_DATA = "lose after data"  # hangs up without a word and without the message
GARBLE_AFTER_DATA = "garble after data"


class FakeSmtp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.taken: list[EmailMessage] = []
        self.envelopes: list[tuple[str, str]] = []
        self.attempts: dict[str, int] = defaultdict(int)
        self.behaviours: dict[str, list[str]] = defaultdict(list)
        self.connections = 0
        self.hanging = threading.Event()
        self.released = threading.Event()
        self._lock = threading.Lock()

    @property
    def port(self) -> int:
        return self.server_address[1]

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self.released.set()
        self.shutdown()
        self.server_close()

    def behaviour(self, address: str) -> str:
        with self._lock:
            self.attempts[address] += 1
            waiting = self.behaviours[address]
            return waiting.pop(0) if waiting else ACCEPT

    def take(self, sender: str, recipient: str, text: bytes) -> None:
        with self._lock:
            self.taken.append(email.message_from_bytes(text, policy=policy.default))
            self.envelopes.append((sender, recipient))

    def handle_error(self, request: object, client_address: object) -> None:
        return  # a client that went away


class Conversation(socketserver.StreamRequestHandler):
    server: FakeSmtp

    def handle(self) -> None:
        self.server.connections += 1
        self.sender = self.recipient = ""
        self.does = ACCEPT
        self.say("220 fake.test")
        while line := self.rfile.readline():
            verb, _space, rest = line.decode().strip().partition(" ")
            if not getattr(self, f"on_{verb.lower()}")(rest):
                return

    def say(self, line: str) -> bool:
        self.wfile.write(line.encode() + b"\r\n")
        return True

    def on_ehlo(self, _name: str) -> bool:
        return self.say("250 fake.test")

    def on_rset(self, _nothing: str) -> bool:
        return self.say("250 ok")

    def on_quit(self, _nothing: str) -> bool:
        self.say("221 bye")
        return False

    def on_mail(self, rest: str) -> bool:
        self.sender = rest.partition("<")[2].partition(">")[0]
        return self.say("250 ok")

    def on_rcpt(self, rest: str) -> bool:
        self.recipient = rest.partition("<")[2].partition(">")[0]
        self.does = self.server.behaviour(self.recipient)
        if self.does == DROP_AT_RCPT:
            return False
        if self.does[0].isdigit():
            self.say(self.does)
            return not self.does.startswith("421")
        return self.say("250 ok")

    def on_data(self, _nothing: str) -> bool:
        self.say("354 go ahead")
        text = b""
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False
            text += line.removeprefix(b".") if line.startswith(b"..") else line
        return self.answer(text)

    def answer(self, text: bytes) -> bool:
        if self.does.startswith("data "):
            return self.say(self.does.removeprefix("data "))
        if self.does == LOSE_AFTER_DATA:
            return False
        self.server.take(self.sender, self.recipient, text)
        if self.does == HANG_AFTER_DATA:
            self.server.hanging.set()
            self.server.released.wait(60)
        if self.does in (HANG_AFTER_DATA, DROP_AFTER_DATA):
            return False
        return self.say("what?" if self.does == GARBLE_AFTER_DATA else "250 taken")
