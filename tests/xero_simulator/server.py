"""The HTTP server: a thread per connection, keep-alive, and connections that can be cut."""

import ipaddress
import logging
import os
import socket
import struct
import sys
import threading

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

log = logging.getLogger(__name__)


class CutConnection(Exception):
    """Close the TCP connection without (the rest of) an answer: with a reset, or in the regular way."""

    def __init__(self, reset=True):
        super().__init__()
        self.reset = reset


class Handler(WSGIRequestHandler):
    """Serves several requests per connection.

    Werkzeug's own ``run_wsgi`` closes every connection and waits for late input, which costs 10 ms a call. The
    simulator always reads the whole body first and always knows the length of its answer, so neither is needed.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 120

    def setup(self):
        """Remember the socket, so that ``stop`` can close idle connections."""
        super().setup()
        self.server.open_sockets.add(self.connection)

    def finish(self):
        """Forget the socket."""
        self.server.open_sockets.discard(self.connection)
        super().finish()

    def run_wsgi(self):
        """Answer one request."""
        if self.headers.get("Expect", "").strip().lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()

        def start_response(status, headers, exc_info=None):
            code, _space, reason = status.partition(" ")
            self.send_response(int(code), reason)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            return self.wfile.write

        try:
            chunks = self.server.app(self.make_environ(), start_response)
            try:
                for chunk in chunks:
                    self.wfile.write(chunk)
            finally:
                if hasattr(chunks, "close"):
                    chunks.close()
            self.wfile.flush()
        except CutConnection as cut:
            self.close_connection = True
            self.wfile.flush()
            if cut.reset:
                self.reset()

    def reset(self):
        """Reset the connection."""
        # Linger 0 makes closing send a reset, so the client sees the loss at once.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())

    def log(self, type, message, *args):
        """Werkzeug's request lines, to the logger of this module."""
        log.debug(message, *args)


class Server(ThreadedWSGIServer):
    """A threaded server on a loopback address."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, host, port, app):
        if not is_loopback(host):
            raise ValueError(f"The simulator knows no passwords and listens on loopback addresses only, not on {host}")
        self.open_sockets = set()
        super().__init__(host, port, app, handler=Handler)
        self._thread = None

    @property
    def url(self):
        """Where to reach it, without a trailing slash."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def start(self):
        """Serve in a thread."""
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.05}, name="xero-simulator", daemon=True
        )
        self._thread.start()

    def handle_error(self, request, client_address):
        """A client that hung up (its time was over) is no news; anything else is shown as usual."""
        if isinstance(sys.exc_info()[1], ConnectionError):
            log.debug("%s hung up", client_address)
            return
        super().handle_error(request, client_address)

    def stop(self):
        """Stop serving and close every connection."""
        self.shutdown()
        self._thread.join()
        self.server_close()
        for connection in list(self.open_sockets):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError as error:
                log.debug("connection was already closed: %s", error)


def is_loopback(host):
    """Whether ``host`` can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
