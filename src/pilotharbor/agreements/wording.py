"""How are the short names in plans and milestones said to people?"""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

# Words that cases and forms use as keys; any other word is shown as it was written.
TERMS: dict[str, object] = {
    "signing": _("Signing"),
    "second_batch": _("Second batch"),
    "report": _("Report"),
    "acceptance": _("Acceptance"),
    "decision": _("Decision"),
    "purity": _("Purity"),
    "yield": _("Yield"),
    "single_impurity": _("Single impurity"),
    "total_impurities": _("Total impurities"),
    "conductivity": _("Ionic conductivity"),
    "moisture": _("Moisture"),
    "viscosity": _("Viscosity"),
    "particle_size": _("Particle size"),
    "solid_content": _("Solid content"),
    "density": _("Density"),
}


# The parts of the terms, as a list of changes names them.
FIELDS: dict[str, object] = {
    "kind": _("Kind"),
    "party_ids": _("Parties"),
    "fee_fen": _("Fee"),
    "vat_bp": _("VAT"),
    "fee_includes_vat": _("The fee includes VAT"),
    "milestones": _("Milestones"),
    "improvement_ip": _("Improvements"),
    "governing_statute_note": _("Note on departures"),
    "revenue_share": _("Share of later revenue"),
    "title": _("Title"),
}


def key_of(name: str) -> str:
    """The key behind a usual word in either language of the pages, else the word itself."""
    wanted = name.strip()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found = next((key for key, said in TERMS.items() if str(said) == wanted), None)
        if found is not None:
            return found
    return wanted


def term(word: str) -> str:
    """A known key in the language of the page or paper, else the word itself."""
    return str(TERMS.get(word, word))
