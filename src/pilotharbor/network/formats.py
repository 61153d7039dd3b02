"""How does an entry look in each metadata format?"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from pilotharbor.kernel.regions import PROVINCES
from pilotharbor.network import addresses
from pilotharbor.network.engine.asking import stamp
from pilotharbor.network.engine.markup import Writer
from pilotharbor.network.models import OaiRecord
from pilotharbor.network.queries import Listed
from pilotharbor.technologies.industries import TRADES
from pilotharbor.technologies.models import Achievement, Demand, IpAsset, Scenario

XSI = "http://www.w3.org/2001/XMLSchema-instance"
DC = "http://purl.org/dc/elements/1.1/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
OAI_DC_SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
OURS = "urn:pilotharbor:market:1"
_CHINESE = re.compile("[\u3400-\u9fff]")
_TYPES = {
    OaiRecord.Kind.RESULT: "成果 Result",
    OaiRecord.Kind.NEED: "需求 Need",
    OaiRecord.Kind.SCENARIO: "场景 Scenario",
}


@dataclass(frozen=True, slots=True)
class Format:
    """A metadata format: its prefix, schema and namespace, and how an entry is written in it.

    ``write`` takes the writer, the kind, the entry and who publishes it
    """

    prefix: str
    schema: Callable[[], str]
    namespace: str
    write: Callable[[Writer, str, Listed, str], None]


def language(text: str) -> dict[str, str]:
    """The attribute that says in which language a text is written."""
    return {"xml:lang": "zh" if _CHINESE.search(text) else "en"}


def _trade(industry: str) -> str:
    trade = TRADES.get(industry[:3]) or TRADES.get(industry[:1])
    return f"{trade.zh} {trade.en}" if trade else ""


def _province(region: str) -> str:
    found = PROVINCES.get(region[:2])
    return f"{found.zh} {found.en}" if found else ""


def _assets(entry: Listed) -> list[IpAsset]:
    if not isinstance(entry, Achievement):
        return []
    return sorted(entry.ip_assets.all(), key=lambda asset: asset.pk)


def write_dublin_core(xml: Writer, kind: str, entry: Listed, publisher: str) -> None:
    """Unqualified Dublin Core, which every harvester understands."""
    root = {
        "xmlns:oai_dc": OAI_DC,
        "xmlns:dc": DC,
        "xmlns:xsi": XSI,
        "xsi:schemaLocation": f"{OAI_DC} {OAI_DC_SCHEMA}",
    }
    with xml.inside("oai_dc:dc", root):
        xml.leaf("dc:title", entry.title, language(entry.title))
        xml.leaf("dc:creator", entry.owner.name)
        for word in entry.keywords:
            xml.leaf("dc:subject", word, language(word))
        if trade := _trade(entry.industry):
            xml.leaf("dc:subject", trade)
        xml.leaf("dc:description", entry.summary, language(entry.summary))
        xml.leaf("dc:publisher", publisher)
        if entry.published_at:
            xml.leaf("dc:date", stamp(entry.published_at)[:10])
        xml.leaf("dc:type", _TYPES[OaiRecord.Kind(kind)])
        xml.leaf("dc:identifier", addresses.page_of(kind, entry))
        xml.leaf("dc:language", language(entry.title + entry.summary)["xml:lang"])
        if province := _province(entry.region):
            xml.leaf("dc:coverage", province)
        for asset in _assets(entry):
            said = (asset.kind, asset.application_no, asset.legal_status)
            xml.leaf("dc:rights", " ".join(part for part in said if part))


def write_ours(xml: Writer, kind: str, entry: Listed, publisher: str) -> None:
    """Everything of an entry that its public page says, with codes beside words."""
    del publisher
    root = {
        "xmlns": OURS,
        "xmlns:xsi": XSI,
        "xsi:schemaLocation": f"{OURS} {addresses.schema_url()}",
        "kind": kind,
    }
    with xml.inside("entry", root):
        xml.leaf("title", entry.title, language(entry.title))
        xml.leaf("summary", entry.summary, language(entry.summary))
        if isinstance(entry, Scenario):
            xml.leaf("direction", entry.direction)
            if entry.conditions:
                xml.leaf("conditions", entry.conditions, language(entry.conditions))
        for word in entry.keywords:
            xml.leaf("keyword", word, language(word))
        if entry.industry:
            xml.leaf("industry", _trade(entry.industry), {"code": entry.industry})
        if isinstance(entry, Achievement) and entry.discipline:
            xml.leaf("discipline", entry.discipline)
        if entry.region:
            xml.leaf("region", _province(entry.region), {"code": entry.region})
        _write_readiness(xml, entry)
        for way in entry.cooperation:
            xml.leaf("cooperation", way)
        _write_rights(xml, entry)
        xml.leaf("owner", entry.owner.name, language(entry.owner.name))
        if entry.published_at:
            xml.leaf("published", stamp(entry.published_at))
        xml.leaf("url", addresses.page_of(kind, entry))


def _write_rights(xml: Writer, entry: Listed) -> None:
    for asset in _assets(entry):
        said = {"kind": asset.kind, "status": asset.legal_status}
        if asset.ipc:
            said["ipc"] = "; ".join(asset.ipc)
        xml.leaf("right", asset.application_no, said)


def _write_readiness(xml: Writer, entry: Listed) -> None:
    if isinstance(entry, Demand) and entry.trl_wanted:
        xml.leaf("readinessWanted", "", {"scale": "TRL-9", "level": entry.trl_wanted})
    if not isinstance(entry, Achievement):
        return
    if entry.trl_level:
        said = {"scale": entry.trl_scale, "level": entry.trl_level}
        xml.leaf("readiness", entry.trl_evidence, said)
    if entry.mrl:
        xml.leaf("manufacturingReadiness", "", {"level": entry.mrl})


FORMATS: dict[str, Format] = {
    "oai_dc": Format("oai_dc", lambda: OAI_DC_SCHEMA, OAI_DC, write_dublin_core),
    "pilotharbor": Format("pilotharbor", addresses.schema_url, OURS, write_ours),
}
