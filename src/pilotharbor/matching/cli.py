"""``./harbor match``: how good is the search on a corpus of one's own, and is a harbour's index right?"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from pilotharbor.launcher import console, harbour
from pilotharbor.launcher.paths import DataFolder
from pilotharbor.launcher.trouble import Trouble
from pilotharbor.launcher.words import say
from pilotharbor.matching.engine import embedding, trial
from pilotharbor.matching.engine.e5.model import E5
from pilotharbor.matching.engine.provider import Unavailable
from pilotharbor.matching.finder.client import Away, Client
from pilotharbor.matching.finder.library import NotReady
from pilotharbor.matching.finder.serve import Finder

COLUMNS = ("recall@10", "recall@100", "mrr@10", "ndcg@10", "p50_ms", "p99_ms")
WAYS = ("words", "meaning", "hybrid")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe ``match``."""
    what = parser.add_subparsers(dest="what", required=True)
    judged = what.add_parser("eval", help="quality and speed over documents and queries in files")
    judged.add_argument(
        "--documents", type=Path, required=True, help='JSONL: {"id", "abstract", …}'
    )
    judged.add_argument(
        "--queries", type=Path, required=True, help='JSONL: {"qid", "text", "rel": {id: gain}}'
    )
    judged.add_argument(
        "--provider",
        default=embedding.LOCAL,
        help="of meaning: local, none, or the address of an OpenAI-compatible endpoint",
    )
    judged.add_argument(
        "--fields",
        default=",".join(trial.FIELDS),
        help="which fields of a document are searched, with commas (default: %(default)s)",
    )
    judged.add_argument("--json", action="store_true", help="one JSON object, for programs")
    for name, words in (
        ("check", "hold a harbour's index against its database; 1 if they differ"),
        ("state", "how the index of a running harbour stands"),
        ("rebuild", "make the index of a running harbour anew while it goes on answering"),
    ):
        kept = what.add_parser(name, help=words)
        kept.add_argument("--data", help="data folder (default: .harbor in the project)")
        kept.add_argument("--json", action="store_true", help="one JSON object, for programs")


def run(args: argparse.Namespace) -> int:
    """Carry ``match`` out.

    Raises: Trouble.
    """
    return _eval(args) if args.what == "eval" else _kept(args)


def _kept(args: argparse.Namespace) -> int:
    """What is asked of a harbour's own index; of one that does not run, only ``check``."""
    folder = DataFolder.at(args.data)
    with harbour.database_of(folder) as known:
        url = known.get("PILOTHARBOR_FINDER_URL", "")
        try:
            if url:
                finder = Client(url, known.get("PILOTHARBOR_FINDER_TOKEN", ""))
                asked = {"check": finder.check, "state": finder.state, "rebuild": finder.rebuild}
                answer = asked[args.what]()
            elif args.what == "check":
                answer = _checked(folder, known["PILOTHARBOR_DB_URL"])
            else:
                raise Trouble("match_not_running", folder=folder.root)
        except (Away, NotReady) as exc:
            raise Trouble("match_away", reason=exc or type(exc).__name__) from exc
    if args.json:
        console.line(json.dumps(answer))
    else:
        console.table(["", ""], [[name, str(value)] for name, value in answer.items()])
    return 0 if answer.get("agrees", True) else 1


def _checked(folder: DataFolder, database: str) -> dict[str, Any]:
    """The index of a harbour that does not run.

    Raises: NotReady.
    """
    return Finder(folder.root / "search", database, None).check()


def _eval(args: argparse.Namespace) -> int:
    """Measure.

    Raises: Trouble.
    """
    try:
        fields = [field.strip() for field in args.fields.split(",") if field.strip()]
        asked = trial.read(args.documents, args.queries, fields)
        figures = trial.run(asked, embedding.choose(args.provider, E5), _progress)
    except trial.BadLine as exc:
        raise Trouble("match_bad_line", reason=exc) from exc
    except Unavailable as exc:
        raise Trouble("match_no_provider", reason=exc) from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise Trouble("match_unreadable", reason=exc) from exc
    if args.json:
        console.line(json.dumps(figures, ensure_ascii=False))
    else:
        _show(figures)
    return 0


def _show(figures: dict[str, Any]) -> None:
    ways = [way for way in WAYS if way in figures]
    rows = [[way, *(f"{figures[way][column]:g}" for column in COLUMNS)] for way in ways]
    console.table(["", *COLUMNS], rows)
    for name, value in figures.items():
        if name not in WAYS:
            console.line(f"  {name:<18}{value}")


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        ending = "\n" if done == total else ""
        print(f"\r  {say('match_reading', done=done, total=total)}", end=ending, file=sys.stderr)
