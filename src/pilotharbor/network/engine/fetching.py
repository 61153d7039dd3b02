"""How is a page fetched from a stranger without being led astray, kept waiting or flooded?"""

import ipaddress
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

import httpcore

from pilotharbor.kernel.later import later

if TYPE_CHECKING:
    import httpx
else:
    httpx = later("httpx")

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Trouble(Exception):
    """The other side did something that ends the run: a reason of ours, and what it was exactly."""

    def __init__(self, reason: str, detail: object = "") -> None:
        self.reason, self.detail = reason, str(detail)[:500]
        super().__init__(f"{reason}: {self.detail}")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a stranger may cost: bytes unpacked, seconds, redirects, and how long to wait if asked."""

    page_bytes: int = 20 * 1024 * 1024
    connect_seconds: float = 10
    read_seconds: float = 30
    page_seconds: float = 120
    redirects: int = 3
    waits: int = 2
    longest_wait_seconds: int = 10


def base_of(url: str) -> SplitResult:
    """The parts of an address of a repository.

    Raises: Trouble (address) unless it is plain http(s) with a host, no password and no query.
    """
    try:
        parts = urlsplit(url)
        _port(parts)
        host = (parts.hostname or "").encode("idna")
    except ValueError as exc:
        raise Trouble("address", url) from exc
    plain = parts.scheme in _DEFAULT_PORTS and host and url.isascii() and url.isprintable()
    if not plain or " " in url or parts.username is not None or parts.query or parts.fragment:
        raise Trouble("address", url)
    return parts


def is_base(url: str) -> bool:
    """Whether this can be the address of a repository."""
    try:
        base_of(url)
    except Trouble:
        return False
    return True


def _port(parts: SplitResult) -> int:
    return parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)


def is_public(text: str) -> bool:
    """Whether an address is one of the whole Internet, also where it hides an IPv4 one."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        hidden = address.ipv4_mapped or address.sixtofour
        if address.teredo:
            hidden = address.teredo[1]
        if address in _NAT64:
            hidden = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if hidden is not None:
            return is_public(str(hidden))
    return address.is_global and not address.is_multicast


@dataclass(slots=True)
class Deadline:
    """Until when a page must have come, however slowly its pieces drip."""

    tick: Callable[[], float]
    until: float = 0

    def left(self, wanted: float | None) -> float:
        """Seconds the next step may take.

        Raises: Trouble (timeout) when there are none.
        """
        rest = self.until - self.tick()
        if rest <= 0:
            raise Trouble("timeout")
        return rest if wanted is None else min(rest, wanted)


class _Timed(httpcore.NetworkStream):
    """A connection on which every step keeps to the deadline."""

    def __init__(self, plain: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._plain, self._deadline = plain, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._plain.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._plain.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._plain.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout)
        return _Timed(self._plain.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._plain.get_extra_info(info)


class Checked(httpcore.NetworkBackend):
    """Connects to exactly the address that was looked at, so that no name can change in between."""

    def __init__(self, deadline: Deadline, *, private: bool) -> None:
        self._deadline, self._private = deadline, private
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect, unless any address of the name lies in a network that is not public."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as exc:
            raise Trouble("unreachable", host) from exc
        addresses = [str(where[0]) for *_, where in found]
        if not self._private and not all(is_public(a) for a in addresses):
            raise Trouble("private", host)
        left = self._deadline.left(timeout)
        plain = self._plain.connect_tcp(addresses[0], port, left, local_address, socket_options)
        return _Timed(plain, self._deadline)


class Fetcher:
    """Fetches pages of one repository.

    ``private`` allows addresses of one's own network; ``wait`` sleeps, ``tick`` is a clock that only
    runs forward.
    """

    def __init__(
        self,
        base_url: str,
        *,
        private: bool,
        limits: Limits | None = None,
        wait: Callable[[float], None] = time.sleep,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base = base_of(base_url)
        self._url = base_url
        self._limits = limits or Limits()
        self._wait, self._deadline = wait, Deadline(tick)
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            network_backend=Checked(self._deadline, private=private),
            max_connections=1,
        )

    def close(self) -> None:
        """Give the connection back."""
        self._pool.close()

    def get(self, arguments: Mapping[str, str]) -> bytes:
        """The document that answers these arguments.

        Raises: Trouble.
        """
        url = f"{self._url}?{urlencode(arguments)}"
        waits = redirects = 0
        while True:
            status, headers, content = self._once(url)
            if status == 200:
                return content
            if status == 503 and waits < self._limits.waits:
                waits += 1
                self._wait(self._pause(headers))
            elif status in _REDIRECTS and redirects < self._limits.redirects:
                redirects += 1
                url = self._redirected(url, headers.get("location", ""))
            elif status in _REDIRECTS:
                raise Trouble("redirect", url)
            elif status == 503:
                raise Trouble("busy", headers.get("retry-after", ""))
            else:
                raise Trouble("status", f"HTTP {status}")

    def _pause(self, headers: Mapping[str, str]) -> float:
        """How long the other side asks us to wait, if that is not too long for one run."""
        said = headers.get("retry-after", "").strip()
        seconds = int(said) if said.isascii() and said.isdigit() else 5
        if len(said) > 9 or seconds > self._limits.longest_wait_seconds:
            raise Trouble("busy", said[:60])
        return seconds

    def _redirected(self, url: str, location: str) -> str:
        """Where to go instead: the same host, and never from https back to http."""
        try:
            target = urljoin(url, location)
            old, new = urlsplit(url), urlsplit(target)
            same = new.hostname == self._base.hostname and new.username is None
            better = (old.scheme, new.scheme) == ("http", "https")
            same_port = new.scheme == old.scheme and _port(new) == _port(old)
        except ValueError as exc:
            raise Trouble("redirect", location) from exc
        if not location or not same or not (same_port or (better and _port(new) == 443)):
            raise Trouble("redirect", target)
        if not target.isascii():
            raise Trouble("redirect", target)
        return target

    def _once(self, url: str) -> tuple[int, dict[str, str], bytes]:
        limits = self._limits
        timeouts = {
            "connect": limits.connect_seconds,
            "read": limits.read_seconds,
            "write": limits.read_seconds,
            "pool": limits.connect_seconds,
        }
        sent: dict[bytes | str, bytes | str] = {
            "User-Agent": "PilotHarbor-OAI/1",
            "Accept": "text/xml",
            "Accept-Encoding": "gzip",
        }
        sent["Host"] = urlsplit(url).netloc
        self._deadline.until = self._deadline.tick() + limits.page_seconds
        try:
            with self._pool.stream(
                "GET", url, headers=sent, extensions={"timeout": timeouts}
            ) as answer:
                headers = {
                    k.decode("latin-1").lower(): v.decode("latin-1") for k, v in answer.headers
                }
                content = self._content(answer, headers) if answer.status == 200 else b""
                return answer.status, headers, content
        except httpcore.TimeoutException as exc:
            raise Trouble("timeout", url) from exc
        except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as exc:
            raise Trouble("unreachable", type(exc).__name__) from exc

    def _content(self, answer: httpcore.Response, headers: Mapping[str, str]) -> bytes:
        """The body, unpacked, as far as it is not too large."""
        largest = self._limits.page_bytes
        coding = headers.get("content-encoding", "identity").strip().lower()
        if coding not in {"identity", "gzip"}:
            raise Trouble("encoding", coding)
        unpacker = zlib.decompressobj(31) if coding == "gzip" else None
        content = bytearray()
        for piece in answer.iter_stream():
            try:
                plain = unpacker.decompress(piece, largest + 1) if unpacker else piece
            except zlib.error as exc:
                raise Trouble("encoding", "gzip") from exc
            content += plain
            if len(content) > largest or (unpacker and unpacker.unconsumed_tail):
                raise Trouble("size", f"> {largest // 1024 // 1024} MB")
        if unpacker and not unpacker.eof:
            raise Trouble("encoding", "gzip")
        return bytes(content)
