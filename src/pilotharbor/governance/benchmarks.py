"""Ratios others publish, each with its own denominator and source; none follows from another.

domain.md §9.1: the denominators differ, so they stand beside each other and are never combined.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One published ratio in basis points."""

    key: str
    label: object
    bp: int
    of: object
    source: object


BENCHMARKS = (
    Benchmark(
        "industrialised_after_pilot",
        _("Industrialised after a pilot"),
        8000,
        _("of results that went through a pilot"),
        _(
            "China High-Tech Industrialisation Association, quoted in “Nine questions on pilot platforms”"
        ),
    ),
    Benchmark(
        "industrialised_without_pilot",
        _("Industrialised without a pilot"),
        3000,
        _("of results that went without a pilot"),
        _(
            "China High-Tech Industrialisation Association, quoted in “Nine questions on pilot platforms”"
        ),
    ),
    Benchmark(
        "harbour_success",
        _("Success of a pilot-plant building"),
        6000,
        _("of the projects that entered that building"),
        _(
            "Case of the pilot-plant building of the Collaborative Innovation Harbour: “above 60%”, “about 15%”; no count given"
        ),
    ),
    Benchmark(
        "industry_success",
        _("Success of the industry"),
        1500,
        _("of the industry's projects, not defined further"),
        _(
            "Case of the pilot-plant building of the Collaborative Innovation Harbour: “above 60%”, “about 15%”; no count given"
        ),
    ),
    Benchmark(
        "national_transfer",
        _("Transfer of results, nationwide"),
        1000,
        _("of all results, not defined further"),
        _("Article on Ningbo's transfer of results; “about 10%”"),
    ),
)
