"""What does the text of one cell mean?"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.db.models import TextChoices
from django.utils.translation import override

from pilotharbor.kernel import codes, money
from pilotharbor.kernel.errors import Invalid
from pilotharbor.kernel.time import DAY, SHANGHAI, parse_date

_SEMICOLONS = re.compile("[;；]")
_SEPARATORS = re.compile(r"[;；,，、|\n]+")
# An entry between quotation marks, or up to the next semicolon.
_ENTRY = re.compile(r'\s*"((?:[^"]|"")*)"\s*(?:[;；]|$)|([^;；]*)(?:[;；]|$)')
LARGEST_SCALE = 13
# Words that people write for a choice beside its label and its code.
ALIASES = {
    "public": ("公开", "完全公开", "不保密"),
    "members": ("平台会员", "会员", "会员可见"),
    "nda": ("nda", "保密协议", "签保密协议可见", "nda授权"),
    "project": ("项目组", "项目组可见"),
    "core": ("核心", "核心人员"),
    "invention_patent": ("发明", "发明专利", "patent", "invention"),
    "utility_model": ("实用新型", "实用新型专利"),
    "design_patent": ("外观", "外观设计", "外观设计专利"),
    "software": ("软著", "软件著作权", "计算机软件著作权"),
    "layout_design": ("布图设计", "集成电路布图设计"),
    "plant_variety": ("植物新品种", "植物品种权"),
    "technical_secret": ("技术秘密", "专有技术", "know-how", "knowhow"),
    "pending": ("审查中", "实质审查", "申请中", "公开"),
    "granted": ("授权", "已授权"),
    "in_force": ("有效", "有权", "维持有效"),
    "lapsed": ("终止", "未缴年费终止", "失效"),
    "expired": ("届满", "期限届满"),
    "withdrawn": ("撤回", "视为撤回"),
    "invalidated": ("无效", "宣告无效"),
    "none": ("未登记", "无"),
    "university": ("高校", "大学", "高等院校"),
    "research_institute": ("院所", "科研院所", "研究院", "研究所"),
    "hospital": ("医院", "医疗机构", "医疗卫生机构"),
    "enterprise": ("企业", "公司"),
    "spin_off": ("衍生企业", "产业化公司", "spinoff"),
    "pilot_platform": ("中试平台", "中试基地", "中试楼"),
    "service_provider": ("服务机构", "服务商"),
    "transfer_agency": ("技术转移机构", "转移机构"),
    "investor": ("投资机构", "基金"),
    "bank": ("银行",),
    "insurer": ("保险", "保险机构", "保险公司"),
    "government_bureau": ("政府部门", "政府主管部门", "科技局"),
    "audit_body": ("审计机构", "审计"),
    "scenario_seeks_product": ("场景找产品", "找产品", "场景", "需求侧"),
    "product_seeks_scenario": ("产品找场景", "找场景", "产品", "供给侧"),
    "production": ("试制", "试制设备", "生产设备"),
    "experiment": ("实验", "实验设备", "试验设备"),
    "online_test": ("在线检测", "检测设备"),
    "batch": ("批次", "批", "按批"),
    "hour": ("小时", "机时", "按小时", "按机时"),
    "sample": ("样品", "按样品"),
    "mixed": ("混合", "组合"),
    "TRL-9": ("trl", "trl9级", "9级", "九级", "nasa"),
    "GB-13": ("13级", "十三级", "gb/t22900"),
}
_STATE_SECRET = re.compile("国家秘密|绝密|机密|秘密级|^秘密|涉密|state secret", re.IGNORECASE)
_YES = {"是", "有", "对", "真", "y", "yes", "true", "1", "√", "✓"}
_NO = {"否", "无", "不", "假", "n", "no", "false", "0", "×", "✗"}


class NotAChoice(Invalid):
    """“{text}” is none of the possible entries."""

    code = "transfer.not_a_choice"


class StateSecret(Invalid):
    """State secrets never enter this system; handle them offline under the law on them."""

    code = "transfer.state_secret"


class NotYesOrNo(Invalid):
    """“{text}” is neither yes nor no."""

    code = "transfer.not_yes_or_no"


class NotALevel(Invalid):
    """“{text}” is no whole number from 1 to {most}."""

    code = "transfer.not_a_level"


class NotAnAddress(Invalid):
    """“{text}” is no usable address."""

    code = "transfer.not_an_address"


class TooLongEach(Invalid):
    """“{text}” is longer than the {most} characters one entry may have."""

    code = "transfer.entry_too_long"


class TooMany(Invalid):
    """There are more entries than the {most} that fit; the first too many is “{text}”."""

    code = "transfer.too_many_entries"


class NotATime(Invalid):
    """“{text}” is no time of day; write it like 08:00."""

    code = "transfer.not_a_time"


class NotAMoment(Invalid):
    """“{text}” is no day with a time; write it like 2026-03-02 08:00."""

    code = "transfer.not_a_moment"


class NotWhole(Invalid):
    """“{text}” is no whole number from {least} to {most}."""

    code = "transfer.not_whole"


class NotAWeight(Invalid):
    """“{text}” is no weight in kilogram; write it like 12.5."""

    code = "transfer.not_a_weight"


class NotAMass(Invalid):
    """“{text}” is no weight; write gram like 50 or 0.5, or a unit like 2 kg."""

    code = "transfer.not_a_mass"


class NotAMark(Invalid):
    """“{text}” is no whole number from 0 to 100."""

    code = "transfer.not_a_mark"


class TooSmall(Invalid):
    """An amount here is not negative."""

    code = "transfer.negative_amount"


def _plain(text: str) -> str:
    return re.sub(r"[\s_]+", "", unicodedata.normalize("NFKC", text)).casefold()


def choice(choices: type[TextChoices]) -> Callable[[str], str]:
    """Read one of these choices by its code, its label in either language or a usual word."""
    known: dict[str, str] = {}

    def parse(text: str) -> str:
        if not known:
            known.update(_words(choices))
        found = known.get(_plain(text))
        if found is None:
            raise NotAChoice(text=text)
        return found

    return parse


def _words(choices: type[TextChoices]) -> dict[str, str]:
    words: dict[str, str] = {}
    for member in choices:
        labels = [member.value, *ALIASES.get(member.value, ())]
        for language in ("zh-hans", "en"):
            with override(language):
                labels.append(str(member.label))
        for label in labels:
            words.setdefault(_plain(label), member.value)
    return words


def confidentiality(choices: type[TextChoices]) -> Callable[[str], str]:
    """Read a level of confidentiality; anything classified as a state secret is refused."""
    among = choice(choices)

    def parse(text: str) -> str:
        if _STATE_SECRET.search(text):
            raise StateSecret
        return among(text)

    return parse


@dataclass(frozen=True, slots=True)
class Listed:
    """Entries set apart by semicolons or, where there is none, by commas or 、, in their order.

    ``places`` keeps empty and repeated entries, where entries of two columns belong together.
    """

    most: int
    each: int = 254
    places: bool = False
    entry: Callable[[str], str] = str

    def __call__(self, text: str) -> list[str]:
        """Take a text apart."""
        if not _SEMICOLONS.search(text):
            return self.entries(_SEPARATORS.split(text))
        found = [m[2] if m[1] is None else m[1].replace('""', '"') for m in _ENTRY.finditer(text)]
        # After the last entry the pattern meets the end of the text once more.
        return self.entries(found[:-1])

    def entries(self, given: list[str]) -> list[str]:
        """Take entries that are apart already."""
        entries = [e.strip() for e in given]
        if not self.places:
            entries = list(dict.fromkeys(e for e in entries if e))
        for entry in entries:
            if len(entry) > self.each:
                raise TooLongEach(text=entry, most=self.each)
        if len(entries) > self.most:
            raise TooMany(text=entries[self.most], most=self.most)
        return [self.entry(e) if e else e for e in entries]


def joined(entries: Sequence[str]) -> str:
    """Entries as one text that ``Listed`` takes apart into the same ones again."""
    doubtful = [not e or bool(re.search('[;；"]', e)) for e in entries]
    parts = [
        '"' + e.replace('"', '""') + '"' if doubt else e
        for e, doubt in zip(entries, doubtful, strict=True)
    ]
    text = "；".join(parts)
    if len(parts) == 1 and (doubtful[0] or _SEPARATORS.search(text)):
        text += "；"
    return text


def yes_no(text: str) -> bool:
    """Read 是/否, yes/no, 1/0."""
    plain = _plain(text)
    if plain not in _YES | _NO:
        raise NotYesOrNo(text=text)
    return plain in _YES


def level(most: int) -> Callable[[str], int]:
    """Read ``4``, ``TRL4``, ``MRL 4`` or ``4级``."""

    def parse(text: str) -> int:
        match = re.fullmatch(r"(?:[tm]rl-?)?(\d{1,2})级?", _plain(text), re.ASCII)
        if match is None or not 1 <= int(match[1]) <= most:
            raise NotALevel(text=text, most=most)
        return int(match[1])

    return parse


def amount(text: str) -> int:
    """Read an amount of money that is not negative, in fen."""
    fen = money.parse_fen(text)
    if fen < 0:
        raise TooSmall
    return fen


def email(text: str) -> str:
    """Read an e-mail address."""
    try:
        validate_email(text)
    except ValidationError as exc:
        raise NotAnAddress(text=text) from exc
    return text


def website(text: str) -> str:
    """Read the address of a site, with or without its scheme."""
    address = text if "://" in text else f"https://{text}"
    try:
        URLValidator(["http", "https"])(address)
    except ValidationError as exc:
        raise NotAnAddress(text=text) from exc
    return address


# 1 invention, 2 utility model, 3 design, 8 and 9 the international ones of the first two.
_KIND_DIGIT = {
    "1": "invention_patent",
    "2": "utility_model",
    "3": "design_patent",
    "8": "invention_patent",
    "9": "utility_model",
}


def kind_of_patent(number: str) -> str | None:
    """What kind of patent an application number says it is, if it says so.

    A wrong check digit still leaves the digit of the kind where it belongs.
    """
    return _KIND_DIGIT.get(codes.application_kind(number) or "")


# What a program writes, and what a spreadsheet makes of a moment.
_ISO = re.compile(
    r"\d{4}-\d\d-\d\d[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?"
    r"(?:Z|[+-]\d\d:[0-5]\d)?",
    re.ASCII,
)
_GRAMS = {
    "mg": Decimal("0.001"), "g": Decimal(1), "克": Decimal(1), "kg": Decimal(1000),
    "千克": Decimal(1000), "公斤": Decimal(1000), "t": Decimal(1_000_000), "吨": Decimal(1_000_000),
}  # fmt: skip
_HEAVIEST = Decimal(10) ** 11
_CLOCK = re.compile(r"([01]?\d|2[0-4])[:：]([0-5]\d)(?:[:：]00)?", re.ASCII)


def clock(text: str) -> time:
    """Read a time of day, ``08:00`` or ``24:00``; an instant of a sheet gives its time.

    Raises: NotATime.
    """
    found = _CLOCK.fullmatch(text.strip().rsplit(" ", 1)[-1].rsplit("T", 1)[-1])
    if found is None:
        raise NotATime(text=text)
    hour, minute = int(found[1]), int(found[2])
    if hour == 24 and minute:
        raise NotATime(text=text)
    return time(hour % 24, minute)


def moment(text: str) -> datetime:
    """Read a day and a time in Shanghai, ``2026-03-02 08:00``; an ISO instant keeps its zone.

    Raises: NotAMoment.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if _ISO.fullmatch(plain):
        try:
            found = datetime.fromisoformat(plain)
        except ValueError as wrong:
            raise NotAMoment(text=text) from wrong
        return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)
    day, _, hour = plain.rpartition(" ")
    try:
        return datetime.combine(parse_date(day), clock(hour), SHANGHAI) + _next_day(hour)
    except Invalid as wrong:
        raise NotAMoment(text=text) from wrong


def _next_day(hour: str) -> timedelta:
    return DAY if hour.startswith("24") else timedelta()


def whole(most: int, least: int = 0) -> Callable[[str], int]:
    """Read a whole number from ``least`` to ``most``."""

    def parse(text: str) -> int:
        plain = unicodedata.normalize("NFKC", text).strip().removesuffix(".0")
        if not re.fullmatch(r"\d{1,9}", plain, re.ASCII) or not least <= int(plain) <= most:
            raise NotWhole(text=text, least=least, most=most)
        return int(plain)

    return parse


def kilograms(text: str) -> Decimal:
    """Read a weight in kilogram: more than nothing, four decimal places at most.

    Raises: NotAWeight.
    """
    plain = unicodedata.normalize("NFKC", text).strip().casefold().removesuffix("kg").strip()
    if not re.fullmatch(r"\d{1,8}(?:\.\d{1,4}0*)?", plain, re.ASCII) or not Decimal(plain):
        raise NotAWeight(text=text)
    return Decimal(plain)


def grams(text: str) -> Decimal:
    """Read a weight in gram, or with its unit, ``2 kg``; more than nothing.

    Raises: NotAMass.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()
    found = re.fullmatch(r"(\d{1,10}(?:\.\d{1,7})?)(mg|kg|g|t|克|千克|公斤|吨)?", plain, re.ASCII)
    weight = Decimal(found[1]) * _GRAMS[found[2] or "g"] if found else Decimal(0)
    if not weight or weight >= _HEAVIEST or weight != round(weight, 4):
        raise NotAMass(text=text)
    return round(weight, 4)


def mark(text: str) -> int:
    """Read a mark of 100.

    Raises: NotAMark.
    """
    plain = unicodedata.normalize("NFKC", text).strip().removesuffix(".0")
    if not plain.isascii() or not plain.isdecimal() or len(plain) > 3 or int(plain) > 100:
        raise NotAMark(text=text)
    return int(plain)
