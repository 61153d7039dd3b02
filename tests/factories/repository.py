"""A foreign repository on loopback that answers what a test tells it to, good or bad."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

OAI = "http://www.openarchives.org/OAI/2.0/"
DATE = "2026-03-01T00:00:00Z"


class Repository:
    """``answers`` are given in their order, the last one for ever; ``asked`` is what was asked."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.asked: list[dict[str, str]] = []
        self.url = ""

    def next(self) -> Any:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def repository() -> Iterator[Repository]:
    there = Repository()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = dict(parse_qsl(urlsplit(self.path).query))
            there.asked.append(query)
            answer = there.next()
            if callable(answer):
                answer = answer(self, query)
            if answer is None:
                return
            status, headers, body = answer if isinstance(answer, tuple) else (200, {}, answer)
            if isinstance(body, str):
                body = body.encode()
            self.send_response(status)
            for name, value in ({"Content-Type": "text/xml"} | headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    there.url = f"http://127.0.0.1:{server.server_port}/oai"
    yield there
    server.shutdown()
    server.server_close()
    thread.join()


def envelope(inner: str, *, date: str = DATE) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="{OAI}">'
        f"<responseDate>{date}</responseDate><request>x</request>{inner}</OAI-PMH>"
    )


def identify(*, name: str = "示例大学机构库", version: str = "2.0", days: bool = False) -> str:
    granularity = "YYYY-MM-DD" if days else "YYYY-MM-DDThh:mm:ssZ"
    return envelope(
        f"<Identify><repositoryName>{name}</repositoryName><baseURL>x</baseURL>"
        f"<protocolVersion>{version}</protocolVersion><adminEmail>a@b.example</adminEmail>"
        f"<earliestDatestamp>2020-01-01T00:00:00Z</earliestDatestamp>"
        f"<deletedRecord>persistent</deletedRecord><granularity>{granularity}</granularity></Identify>"
    )


def record(name: str, *, title="电解质的制备", summary="一种制备方法。", date=DATE, more="") -> str:
    return (
        f"<record><header><identifier>{name}</identifier><datestamp>{date}</datestamp></header>"
        '<metadata><oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{title}</dc:title><dc:description>{summary}</dc:description>{more}"
        "</oai_dc:dc></metadata></record>"
    )


def deleted(name: str, *, date: str = DATE) -> str:
    return (
        f'<record><header status="deleted"><identifier>{name}</identifier>'
        f"<datestamp>{date}</datestamp></header></record>"
    )


def page(*records: str, token: str = "", date: str = DATE) -> str:
    more = f"<resumptionToken>{token}</resumptionToken>" if token else ""
    return envelope(f"<ListRecords>{''.join(records)}{more}</ListRecords>", date=date)


def error(code: str) -> str:
    return envelope(f'<error code="{code}">said so</error>')
