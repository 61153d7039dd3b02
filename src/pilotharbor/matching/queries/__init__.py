"""Finds and matches: the questions that are asked of them."""

from pilotharbor.matching.queries.alike import Alike, Similar, alike, similar
from pilotharbor.matching.queries.candidates import (
    Fit,
    candidates,
    candidates_for_achievement,
    candidates_for_demand,
    fit,
    signals_of,
)
from pilotharbor.matching.queries.finding import (
    EVERYTHING,
    LONGEST_QUERY,
    Finds,
    Hit,
    find,
    find_all,
    published_entries,
    search,
    text_of,
    worth_showing,
)
from pilotharbor.matching.queries.matches import (
    may_answer,
    may_decline,
    may_propose,
    speaks_for,
    visible_matches,
)
from pilotharbor.matching.queries.outcomes import examples, newest_ranking, outcomes_so_far
from pilotharbor.matching.queries.wishes import fits_of, still_seen

__all__ = [
    "EVERYTHING",
    "LONGEST_QUERY",
    "Alike",
    "Finds",
    "Fit",
    "Hit",
    "Similar",
    "alike",
    "candidates",
    "candidates_for_achievement",
    "candidates_for_demand",
    "examples",
    "find",
    "find_all",
    "fit",
    "fits_of",
    "may_answer",
    "may_decline",
    "may_propose",
    "newest_ranking",
    "outcomes_so_far",
    "published_entries",
    "search",
    "signals_of",
    "similar",
    "speaks_for",
    "still_seen",
    "text_of",
    "visible_matches",
    "worth_showing",
]
