"""Signed messages to an address that a user entered: plain Python, no Odoo.

Such an address is a way into the server's own network, so it is checked where it cannot be got round: at the
connection itself. A host name is looked up and checked before a port is tried, and the peer that was really reached is
checked again before a byte is sent, so that a name that means another address the second time helps nobody. The
certificate is still checked against the host name.
"""

import hashlib
import hmac
import ipaddress
import socket

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

# Seconds to connect, and between two bytes of the answer's head.
TIMEOUTS = (5, 10)
# IPv4 addresses as networks without IPv4 write them (RFC 6052).
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


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
    """Whether an IP address belongs to the public internet, looking through IPv4 that is written as IPv6."""
    found = ipaddress.ip_address(address)
    if found.version == 6:
        inside = found.ipv4_mapped or found.sixtofour
        if found in _NAT64:
            inside = ipaddress.ip_address(int(found) & 0xFFFFFFFF)
        found = inside or found
    return found.is_global and not (found.is_multicast or found.is_reserved)


def post(url, body, headers, allow_private=False, timeouts=TIMEOUTS):
    """Send ``body`` (bytes) once and return the HTTP status of the answer, whose body is not read.

    One adapter does it and no session: no redirect is followed, and no proxy, cookie or password comes from elsewhere.

    :raises AddressRefused: the host is no public one, and ``allow_private`` is not set; nothing was sent
    :raises NoAnswer: no answer came; the message may have arrived all the same
    """
    adapter = HTTPAdapter()
    if not allow_private:
        adapter.poolmanager.pool_classes_by_scheme = {"http": _CheckedHTTPPool, "https": _CheckedHTTPSPool}
    try:
        request = requests.Request("POST", url, data=body, headers=headers).prepare()
        answer = adapter.send(request, stream=True, timeout=timeouts)
        answer.close()
        return answer.status_code
    except requests.Timeout as error:
        raise NoAnswer("timeout") from error
    except requests.exceptions.SSLError as error:
        raise NoAnswer("tls") from error
    except (requests.RequestException, HTTPError, UnicodeError) as error:
        # The last two: a host name that cannot be one.
        raise NoAnswer("unreachable") from error
    finally:
        adapter.close()


def _check(address):
    if not is_public(address):
        raise AddressRefused(address)


class _CheckedPeer:
    """A connection that is opened to public addresses only."""

    def _new_conn(self):
        for *_kind, address in socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM):
            _check(address[0])
        sock = super()._new_conn()
        try:
            _check(sock.getpeername()[0])
        except AddressRefused:
            sock.close()
            raise
        return sock


class _CheckedHTTPConnection(_CheckedPeer, HTTPConnection):
    pass


class _CheckedHTTPSConnection(_CheckedPeer, HTTPSConnection):
    pass


class _CheckedHTTPPool(HTTPConnectionPool):
    ConnectionCls = _CheckedHTTPConnection


class _CheckedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _CheckedHTTPSConnection
