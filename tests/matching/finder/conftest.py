"""A finder over the test database, with a provider whose vectors are made from the letters of a text."""

import threading
import time
import zlib

import numpy as np
import psycopg
import pytest
from django.db import connection

from pilotharbor.matching.engine.provider import Unavailable
from pilotharbor.matching.finder.library import Library


class Letters:
    """A text's vector is that of its characters: alike texts lie near each other."""

    name = "letters"
    dimensions = 64

    def __init__(self):
        self.away = False
        self.asked = 0
        self.before_answer = None

    def queries(self, texts):
        if self.away:
            raise Unavailable("letters: away")
        self.asked += len(texts)
        rows = np.zeros((len(texts), 64), np.float32)
        for place, text in enumerate(texts):
            for letter in text:
                rows[place, zlib.crc32(letter.encode()) % 64] += 1
        if self.before_answer is not None:
            self.before_answer()
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    passages = queries


@pytest.fixture
def letters():
    return Letters()


@pytest.fixture
def dsn(transactional_db):
    """The address of the test database for who does not use Django."""
    known = connection.settings_dict
    return psycopg.conninfo.make_conninfo(
        host=known["HOST"], port=known["PORT"], dbname=known["NAME"], user=known["USER"],
        password=known["PASSWORD"],
    )  # fmt: skip


@pytest.fixture
def link(dsn):
    with psycopg.connect(dsn, autocommit=True) as made:
        yield made


@pytest.fixture
def library(tmp_path, letters):
    return Library(tmp_path / "search", letters)


def eventually(test, seconds=20.0):
    """Wait until the test holds; how long that took."""
    started = time.monotonic()
    while not test():
        assert time.monotonic() - started < seconds, "it never came to be"
        threading.Event().wait(0.01)
    return time.monotonic() - started
