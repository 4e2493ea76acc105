"""A tiny web server that takes messages, as a user's own system would."""

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver:
    """Keeps what it gets; answers 200, or what ``answers`` says for the next calls.

    An answer is a status, ``"drop"`` (the connection ends without one), ``"hang"`` (none until ``stop``) or ``"drip"``
    (200, whose head takes ten seconds to come, a byte at a time).
    """

    def __init__(self):
        self.received = []
        self.connections = 0
        self.answers = []
        self._stopped = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.received.append((self.path, dict(self.headers), body))
                answer = receiver.answers.pop(0) if receiver.answers else 200
                if answer == "hang":
                    receiver._stopped.wait()
                if answer == "drip":
                    self._drip()
                if not isinstance(answer, int):
                    self.close_connection = True
                    return
                self.send_response(answer)
                if 300 <= answer < 400:
                    self.send_header("Location", f"{receiver.url}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def _drip(self):
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                with contextlib.suppress(ConnectionError):  # the sender may hang up on this
                    for _byte in range(200):
                        self.wfile.write(b"x")
                        receiver._stopped.wait(0.05)
                    self.wfile.write(b"\r\n\r\n")

            def log_message(self, *arguments):
                """Keep the tests' output for the tests."""

        class Server(ThreadingHTTPServer):
            def get_request(self):
                receiver.connections += 1
                return super().get_request()

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def start(self):
        self._thread.start()
        return self

    def stop(self):
        """End the server; from then on its port refuses connections."""
        if not self._stopped.is_set():
            self._stopped.set()
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
