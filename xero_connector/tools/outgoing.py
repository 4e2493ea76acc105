"""Signed messages to an address that a user entered: plain Python, no Odoo.

Such an address is a way into the server's own network, so it is checked where it cannot be got round: at the
connection itself. A host name is looked up and checked before a port is tried, and the peer that was really reached is
checked again before a byte is sent, so that a name that means another address the second time helps nobody. The
certificate is still checked against the host name.
"""

import contextlib
import functools
import hashlib
import hmac
import ipaddress
import socket
import threading

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

# Seconds to connect, and between two bytes of the answer's head.
TIMEOUTS = (5, 10)
# Seconds for a delivery as a whole, so that a receiver that answers a byte at a time holds up nobody for long; and
# the part of them in which all addresses of its name together are tried.
SECONDS = 20
SECONDS_TO_CONNECT = 10
# IPv4 addresses as networks without IPv4 write them (RFC 6052).
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# All of IPv6 that is given to the public internet (IANA, "IPv6 Global Unicast Address Assignments").
_GIVEN = ipaddress.ip_network("2000::/3")
# Of special use, though Python 3.11 takes them for public.
_SPECIAL = (
    ipaddress.ip_network("192.0.0.0/24"),  # protocol assignments, RFC 6890
    ipaddress.ip_network("192.88.99.0/24"),  # relays of 6to4, RFC 7526
    ipaddress.ip_network("3fff::/20"),  # documentation, RFC 9637
)


class AddressRefused(Exception):
    """The host is not on the public internet; ``str(error)`` is its address."""


class NoAnswer(Exception):
    """No HTTP answer came; ``kind`` is ``timeout``, ``tls`` or ``unreachable``."""

    def __init__(self, kind):
        super().__init__(kind)
        self.kind = kind


def sign(secret, timestamp, body):
    """Return the hexadecimal HMAC-SHA256 of ``<timestamp>.<body>``, with ``body`` as the very bytes that are sent."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def is_public(address):
    """Whether an IP address belongs to the public internet, looking through IPv4 that is written as IPv6.

    Teredo addresses, which hold two of IPv4, never count as public.
    """
    found = ipaddress.ip_address(address)
    if found.version == 6:
        inside = found.ipv4_mapped or found.sixtofour
        if found in _NAT64:
            inside = ipaddress.ip_address(int(found) & 0xFFFFFFFF)
        if not inside and (found not in _GIVEN or found.teredo):
            return False
        found = inside or found
    return found.is_global and not (found.is_multicast or any(found in network for network in _SPECIAL))


def post(url, body, headers, allow_private=False, timeouts=TIMEOUTS, seconds=SECONDS):
    """Send ``body`` (bytes) once and return the HTTP status of the answer, whose body is not read.

    One adapter does it and no session: no redirect is followed, and no proxy, cookie or password comes from elsewhere.

    :param timeouts: seconds to connect to one address, and between two bytes
    :param seconds: after which the delivery ends, whatever it is about
    :raises AddressRefused: the host is no public one, and ``allow_private`` is not set; nothing was sent
    :raises NoAnswer: no answer came; the message may have arrived all the same
    """
    adapter = HTTPAdapter()
    with _Delivery(allow_private, seconds) as delivery:
        adapter.poolmanager.pool_classes_by_scheme = {
            "http": functools.partial(_WatchedHTTPPool, delivery=delivery),
            "https": functools.partial(_WatchedHTTPSPool, delivery=delivery),
        }
        try:
            request = requests.Request("POST", url, data=body, headers=headers).prepare()
            answer = adapter.send(request, stream=True, timeout=timeouts)
            answer.close()
        except (requests.RequestException, HTTPError, UnicodeError) as error:
            # The last two: a host name that cannot be one.
            raise NoAnswer(_kind(error, delivery)) from error
        finally:
            adapter.close()
        if delivery.over:
            # A head that is cut off looks like one that is complete.
            raise NoAnswer("timeout")
    return answer.status_code


def _kind(error, delivery):
    if delivery.over or isinstance(error, requests.Timeout):
        return "timeout"
    return "tls" if isinstance(error, requests.exceptions.SSLError) else "unreachable"


class _Delivery:
    """What holds for one delivery as a whole: which addresses it may reach, and when it ends."""

    def __init__(self, allow_private, seconds):
        self.over = False
        self._allow_private = allow_private
        self._lock = threading.Lock()
        self._twin = None
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self):
        self._timer.start()
        return self

    def __exit__(self, *_error):
        self._timer.cancel()
        with self._lock:
            if self._twin:
                self._twin.close()
                self._twin = None

    def check(self, address):
        """Refuse an address that is not public.

        :raises AddressRefused: it is not, and private ones are not allowed
        """
        if not self._allow_private and not is_public(address):
            raise AddressRefused(address)

    def watch(self, sock):
        """Have this connection end with the delivery."""
        with self._lock:
            # A twin of the socket: TLS takes the socket itself over.
            self._twin = sock.dup()
        if self.over:
            self._shut()

    def _end(self):
        self.over = True
        self._shut()

    def _shut(self):
        # Whoever waits for a byte is given the end of the connection, in TLS too.
        with self._lock, contextlib.suppress(OSError):  # the other side may have ended it
            if self._twin:
                self._twin.shutdown(socket.SHUT_RDWR)


class _WatchedPeer:
    """A connection that is opened to the addresses of a delivery only, and ends with it."""

    def __init__(self, *arguments, delivery, **options):
        super().__init__(*arguments, **options)
        self._delivery = delivery

    def _new_conn(self):
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        for *_kind_of_socket, address in found:
            self._delivery.check(address[0])
        self.timeout = min(self.timeout, SECONDS_TO_CONNECT / len(found))
        sock = super()._new_conn()
        try:
            self._delivery.check(sock.getpeername()[0])
            self._delivery.watch(sock)
        except (AddressRefused, OSError):
            sock.close()
            raise
        return sock


class _WatchedHTTPConnection(_WatchedPeer, HTTPConnection):
    pass


class _WatchedHTTPSConnection(_WatchedPeer, HTTPSConnection):
    pass


class _WatchedHTTPPool(HTTPConnectionPool):
    ConnectionCls = _WatchedHTTPConnection


class _WatchedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedHTTPSConnection
