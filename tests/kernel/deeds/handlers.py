"""What is done with each event of the tests, written down so that it can be counted."""

import os
import random
import time
from contextlib import closing

import psycopg
from django.db import connection

from pilotharbor.kernel.handling import handles, handles_many

WRITE = "INSERT INTO test_deed (handler, event_id, subject_id, n, pid) VALUES (%s, %s, %s, %s, %s)"


def _note(handler, event):
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [handler, event.pk, event.subject_id, event.facts["n"], os.getpid()])


@handles("deeds.deed.done")
def inside(event):
    """Its effect is part of the delivery; sometimes slow, sometimes failing at first."""
    _note("inside", event)
    time.sleep(random.random() * 0.004)
    if event.facts.get("fails") and not _tried(event):
        raise RuntimeError("not the first time")


def _tried(event):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attempts FROM kernel_delivery WHERE event_id = %s AND handler LIKE %s",
            [event.pk, "%inside"],
        )
        return cursor.fetchone()[0] > 0


@handles_many("deeds.deed.done")
def together(events):
    """Many at a time, in one delivery."""
    for event in events:
        _note("together", event)
    time.sleep(random.random() * 0.004)


@handles("deeds.deed.done")
def outside(event):
    """The control: commits on a connection of its own, so a kill in between repeats it."""
    database = connection.settings_dict
    with closing(
        psycopg.connect(
            dbname=database["NAME"], user=database["USER"], password=database["PASSWORD"],
            host=database["HOST"], port=database["PORT"], autocommit=True,
        )
    ) as own:  # fmt: skip
        own.execute(WRITE, ["outside", event.pk, event.subject_id, event.facts["n"], os.getpid()])
    time.sleep(0.002 + random.random() * 0.01)


@handles("deeds.deed.slow")
def slowly(event):
    """Takes as long as the event says."""
    _note("slowly", event)
    time.sleep(event.facts["n"] / 1000)
