import contextlib
import os
import socket
import threading
import time
from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from support.receiver import Receiver

from ..tools.outgoing import AddressRefused, NoAnswer, is_public, post, sign


@tagged("post_install", "-at_install")
class TestOutgoing(BaseCase):
    """A message reaches the public internet or nothing, once, and only the very address it was meant for."""

    def setUp(self):
        super().setUp()
        self.receiver = Receiver().start()
        self.addCleanup(self.receiver.stop)

    # -- Which addresses -----------------------------------------------------------------------------------------

    def test_addresses_of_the_public_internet_are_told_from_all_others(self):
        public = ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808")
        others = (
            "127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254",
            "0.0.0.0", "192.0.2.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
            "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "ff0e::1", "2001:db8::1",
            "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
            # What Python 3.11 takes for public: site-local, IPv4 and IPv6 for special uses, space given to nobody.
            "fec0::1", "192.88.99.1", "192.0.0.8", "3fff::1", "5f00::1", "4000::1", "64:ff9b:1::808:808",
            "::ffff:192.88.99.1", "64:ff9b::a00:1", "2002:a00:1::1", "2002:c058:6301::", "2001:0:a00:1::1",
        )  # fmt: skip
        for address in public:
            self.assertTrue(is_public(address), address)
        for address in others:
            self.assertFalse(is_public(address), address)

    def test_private_addresses_are_refused_however_they_are_written_and_nothing_reaches_them(self):
        for host in ("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0.0.0.0"):
            with self.subTest(host=host), self.assertRaises(AddressRefused):
                post(f"http://{host}:{self.receiver.port}/", b"{}", {})
        for host in ("10.0.0.1", "192.168.0.1", "169.254.169.254"):
            with self.subTest(host=host), self.assertRaises(AddressRefused):
                post(f"https://{host}/", b"{}", {})
        self.assertEqual(self.receiver.connections, 0)

    def test_a_name_that_means_another_address_the_second_time_gets_no_byte(self):
        real = socket.getaddrinfo
        answers = iter(["8.8.8.8", "127.0.0.1"])

        def rebinding(host, *arguments, **options):
            return real(next(answers) if host == "rebinding.example" else host, *arguments, **options)

        with patch("socket.getaddrinfo", rebinding), self.assertRaises(AddressRefused):
            post(f"http://rebinding.example:{self.receiver.port}/", b"{}", {})
        self.assertFalse(self.receiver.received)

    def test_one_private_address_among_those_of_a_name_is_enough_to_refuse_it(self):
        real = socket.getaddrinfo

        def both(host, *arguments, **options):
            return real("8.8.8.8", *arguments, **options) + real("10.0.0.1", *arguments, **options)

        with patch("socket.getaddrinfo", both), self.assertRaises(AddressRefused):
            post("http://both.example/", b"{}", {})

    # -- Sending -------------------------------------------------------------------------------------------------

    def test_the_very_bytes_and_headers_arrive(self):
        body = '{"name": "Müller"}'.encode()
        status = post(f"{self.receiver.url}/in?key=1", body, {"X-Connector-Event": "test"}, allow_private=True)
        self.assertEqual(status, 200)
        [(path, headers, got)] = self.receiver.received
        self.assertEqual((path, headers["X-Connector-Event"], got), ("/in?key=1", "test", body))

    def test_the_signature_is_the_hmac_of_time_and_body(self):
        # Computed with: printf '1760000000.{}' | openssl dgst -sha256 -hmac sesame
        self.assertEqual(
            sign("sesame", 1760000000, b"{}"), "1e55cee87d23fa7f1c6fdeb0a1cda3cd3bcccbac90eebfaa6673af0f1d95cf36"
        )

    def test_a_redirect_is_not_followed(self):
        self.receiver.answers = [302]
        self.assertEqual(post(self.receiver.url, b"{}", {}, allow_private=True), 302)
        self.assertEqual(len(self.receiver.received), 1)

    def test_a_proxy_of_the_servers_environment_is_not_used(self):
        proxy = Receiver().start()
        self.addCleanup(proxy.stop)
        with patch.dict(os.environ, {"http_proxy": proxy.url, "HTTP_PROXY": proxy.url, "no_proxy": ""}):
            post(self.receiver.url, b"{}", {}, allow_private=True)
        self.assertEqual((proxy.connections, len(self.receiver.received)), (0, 1))

    def _no_answer(self, url, **options):
        with self.assertRaises(NoAnswer) as caught:
            post(url, b"{}", {}, allow_private=True, **options)
        return caught.exception.kind

    def test_a_slow_receiver_is_not_waited_for(self):
        self.receiver.answers = ["hang"]
        self.assertEqual(self._no_answer(self.receiver.url, timeouts=(1, 0.2)), "timeout")

    def test_a_receiver_that_drips_its_answer_is_not_waited_for(self):
        self.receiver.answers = ["drip"]
        self.assertEqual(self._no_answer(self.receiver.url, seconds=0.3), "timeout")

    def test_a_receiver_that_drips_its_certificate_is_not_waited_for(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(10)
            port = server.getsockname()[1]

            def drip():
                peer = server.accept()[0]
                with peer, contextlib.suppress(ConnectionError):  # the sender may hang up on this
                    peer.sendall(b"\x16\x03\x03\x40\x00")  # 16 KB of handshake follow
                    for _byte in range(200):
                        peer.sendall(b"\x00")
                        time.sleep(0.05)

            threading.Thread(target=drip, daemon=True).start()
            # Ended by the deadline, and not taken for a certificate that is wrong.
            self.assertEqual(self._no_answer(f"https://127.0.0.1:{port}", seconds=0.3), "timeout")

    def test_a_receiver_that_is_down_or_ends_the_connection_gives_no_answer(self):
        self.receiver.answers = ["drop"]
        self.assertEqual(self._no_answer(self.receiver.url), "unreachable")
        self.assertEqual(self.receiver.connections, 1, "it is not tried again at once")
        self.receiver.stop()
        self.assertEqual(self._no_answer(self.receiver.url), "unreachable")

    def test_a_host_that_cannot_be_one_is_not_reached(self):
        for allow_private in (True, False):
            with self.subTest(allow_private=allow_private), self.assertRaises(NoAnswer):
                post("https://a..example/", b"{}", {}, allow_private=allow_private)

    def test_what_speaks_no_https_is_told_from_what_is_down(self):
        self.assertEqual(self._no_answer(f"https://127.0.0.1:{self.receiver.port}"), "tls")
