"""Strangers who lie, flood, delay or lead astray: found, told, and nothing is half loaded."""

import gzip
import socket
import time

import pytest

from pilotharbor.network import harvest
from pilotharbor.network.engine import fetching
from pilotharbor.network.engine.fetching import Fetcher, Limits, Trouble, base_of, is_public
from pilotharbor.technologies.models import Achievement
from tests.factories.repository import error, page, record

pytestmark = pytest.mark.django_db
FIRST = page(record("oai:a:1"), token="t1")
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><OAI-PMH>&c;</OAI-PMH>'
)
FILE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><x>&a;</x>'


def opened(**limits):
    """As the worker fetches, with less patience."""

    def open_(url):
        return Fetcher(url, private=True, limits=Limits(**limits), wait=lambda _s: None)

    return open_


def cut(handler, _query):
    """Promises more than it sends."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b"<OAI-PMH>")


def elsewhere(handler, _query):
    """Another name of the same machine and port is another host."""
    return (302, {"Location": f"http://localhost:{handler.server.server_port}/oai"}, "")


BROKEN = {
    "malformed": page(record("oai:a:2"))[:-20],
    "malformed tags": page("<record></recrod>"),
    "encoding": page(record("oai:a:2", title="中文")).encode("gb18030"),
    "encoding declared": page(record("oai:a:2")).replace("UTF-8", "GB2312"),
    "encoding latin": page(record("oai:a:2")).replace("UTF-8", "ISO-8859-1"),
    "entities": BOMB,
    "entities file": FILE,
    "size": "<OAI-PMH>" + " " * 60_000,
    "not_oai": "<html><body>Welcome</body></html>",
    "not_oai empty": (200, {}, '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"/>'),
    "malformed none": "",
    "status": (404, {}, "none"),
    "status 500": (500, {}, "oops"),
    "busy": (503, {"Retry-After": "3600"}, ""),
    "busy date": (503, {"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}, ""),
    "redirect": (302, {"Location": "http://elsewhere.example/oai"}, ""),
    "redirect host": elsewhere,
    "redirect scheme": (302, {"Location": "file:///etc/passwd"}, ""),
    "redirect port": (302, {"Location": "http://127.0.0.1:1/oai"}, ""),
    "redirect nowhere": (302, {}, ""),
    "redirect circle": (307, {"Location": "/oai"}, ""),
    "token": error("badResumptionToken"),
    "refused": error("cannotDisseminateFormat"),
    "unreachable": cut,
    "encoding coding": (200, {"Content-Encoding": "br"}, "x"),
    "encoding gzip": (200, {"Content-Encoding": "gzip"}, "x"),
    "size gzip": (200, {"Content-Encoding": "gzip"}, gzip.compress(b" " * 5_000_000)),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_page_ends_the_run_and_leaves_what_earlier_pages_brought(there, source, go, name):
    there.answers = [FIRST, BROKEN[name]]
    run = go(source, open_=opened(page_bytes=50_000))
    there.answers = [FIRST, page(record("oai:a:2"))]
    after = go(source)

    assert (run.status, run.reason) == ("failed", name.split()[0])
    assert (run.pages, run.created) == (1, 1)
    assert source.harvested_at is not None
    assert (after.status, after.created, after.unchanged) == ("completed", 1, 1)
    assert "from" not in there.asked[2]
    assert Achievement.objects.count() == 2


def test_a_page_is_taken_whole_or_not_at_all(there, source, go):
    whole = page(record("oai:a:1"), record("oai:a:2"))
    there.answers = [whole.replace("</ListRecords>", "<record>&undefined;</record></ListRecords>")]

    run = go(source)

    assert (run.status, run.reason, run.pages) == ("failed", "malformed", 0)
    assert (Achievement.objects.count(), source.harvested_at) == (0, None)


def test_an_endless_list_with_one_token_is_a_circle(there, source, go):
    there.answers = [page(record("oai:a:1"), token="same")]

    run = go(source)

    assert (run.status, run.reason, run.created) == ("failed", "loop", 1)
    assert len(there.asked) == 2


def test_an_endless_list_with_ever_new_tokens_is_a_circle_too(there, source, go):
    def endless(_handler, query):
        return page(record("oai:a:1"), token=query.get("resumptionToken", "t") + "x")

    there.answers = [endless]

    run = go(source)

    assert (run.status, run.reason, run.created) == ("failed", "loop", 1)
    assert len(there.asked) == 1 + harvest.MOST_STALE_PAGES


def test_a_list_that_brings_ever_new_records_ends_some_time(there, source, go, monkeypatch):
    monkeypatch.setattr(harvest, "MOST_PAGES", 4)

    def endless(_handler, query):
        token = query.get("resumptionToken", "t") + "x"
        return page(record(f"oai:a:{token}"), token=token)

    there.answers = [endless]

    run = go(source)

    assert (run.reason, run.pages) == ("loop", 5)


def test_who_asks_to_wait_a_little_is_waited_for(there, source, go):
    waited = []
    there.answers = [
        (503, {"Retry-After": "7"}, ""), (503, {}, ""), page(record("oai:a:1")),
    ]  # fmt: skip

    run = go(source, open_=lambda url: Fetcher(url, private=True, wait=waited.append))

    assert (run.status, waited) == ("completed", [7, 5])


def test_a_redirect_on_the_same_host_is_followed(there, source, go):
    there.answers = [(301, {"Location": "/oai/v2?verb=x"}, ""), page(record("oai:a:1"))]

    assert go(source).status == "completed"


def test_another_name_is_another_host_and_is_not_asked(there, source, go):
    there.answers = [elsewhere, page(record("oai:a:1"))]

    run = go(source)

    assert (run.status, run.reason, run.created) == ("failed", "redirect", 0)
    assert len(there.asked) == 1


def test_packed_pages_are_unpacked(there, source, go):
    packed = gzip.compress(page(record("oai:a:1")).encode())
    there.answers = [(200, {"Content-Encoding": "gzip"}, packed)]

    assert go(source).created == 1


def test_who_does_not_answer_in_time_is_left(there, source, go):
    def late(_handler, _query):
        time.sleep(0.6)

    there.answers = [late]

    run = go(source, open_=opened(read_seconds=0.2))

    assert (run.status, run.reason) == ("failed", "timeout")


def test_who_drips_byte_by_byte_is_left_as_well(there, source, go):
    """Each byte comes in time; all of them never would."""

    def drip(handler, _query):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(30):
            try:
                handler.wfile.write(b" ")
            except OSError:
                return
            time.sleep(0.1)

    there.answers = [drip]
    begun = time.monotonic()

    run = go(source, open_=opened(page_seconds=0.5, read_seconds=5))

    assert (run.status, run.reason) == ("failed", "timeout")
    assert time.monotonic() - begun < 2.5


def test_an_address_of_the_own_network_is_refused_unless_allowed(there, source, go, settings):
    settings.HARVEST_PRIVATE = False
    there.answers = [page(record("oai:a:1"))]

    run = go(source)

    assert (run.status, run.reason) == ("failed", "private")
    assert there.asked == []


def test_a_name_that_leads_inside_is_refused_where_it_is_connected(settings, monkeypatch):
    """The name is looked up once, and that address is connected to: it cannot change in between."""
    asked = []

    def looked_up(host, port, **_kwargs):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", port))]

    monkeypatch.setattr(fetching.socket, "getaddrinfo", looked_up)
    fetcher = Fetcher("http://innocent.example.org/oai", private=False)

    with pytest.raises(Trouble) as told:
        fetcher.get({"verb": "Identify"})

    assert (told.value.reason, asked) == ("private", ["innocent.example.org"])


def test_one_inner_address_among_public_ones_is_enough(monkeypatch):
    def looked_up(_host, port, **_kwargs):
        return [(0, 0, 0, "", (address, port)) for address in ("93.184.215.14", "10.0.0.1")]

    monkeypatch.setattr(fetching.socket, "getaddrinfo", looked_up)

    with pytest.raises(Trouble, match="private"):
        Fetcher("http://x.example.org", private=False).get({})


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "0.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
    ],
)  # fmt: skip
def test_inner_addresses_are_known_however_they_are_written(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1", "64:ff9b::808:808"])
def test_public_addresses_are_known(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/oai", "file:///etc/passwd", "/oai", "http://", "http://user:pw@a.example/",
        "http://a.example/oai?verb=x", "http://a.example/#x", "http://a.example:99999/",
        "http://a.example/ x", "http://a.example/\r\nX: y", "http://例子.example/", "gopher://a",
        "http://[::1", "http://a..example/",
    ],
)  # fmt: skip
def test_no_other_address_is_asked(url):
    with pytest.raises(Trouble, match="address"):
        base_of(url)
