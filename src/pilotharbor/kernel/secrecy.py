"""Does this text carry a state-secret marking? Such texts never enter an open system.

What is caught and what is not stands in a table in ``docs/rules/kernel.md`` (R-KERN-9).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass

from pilotharbor.kernel.errors import Forbidden


class StateSecretRefused(Forbidden):
    """The text carries the state-secret marking “{marking}” and was not saved; take it offline to
    your secrecy office, and enter only what has been declassified.
    """  # noqa: D205 - the sentence is what the user reads

    code = "kernel.state_secret_refused"


_STARS = "★☆✩✭✮⭐*"
_YEARS = r"(?:\d{1,3}|[一二三四五六七八九十]{1,3})年"
_LEVEL = "(?:绝密|(?<!商业)机密|(?<!技术)(?<!商业)(?<!工作)秘密)"
# What honest people write: that there is none, or that one must not give any away.
_DENIED = (
    r"(?P<denied>(?:不得|不再|不会|不应|不可|不|非|未|无|没有|勿|禁止|严禁|是否|保守)"
    r"(?:涉及|属于|属|包含|含有|含|填写|上传|录入|输入|记载|构成|是|为|泄露|泄漏|损害|危害)?"
    r"(?:任何|其他|有关)?)?"
)
_MARKINGS = re.compile(
    rf"{_LEVEL}[:：]?(?:[{_STARS}]|(?:保密期限?)?{_YEARS})"
    # 密级配 is a grading of gravel.
    rf"|{_LEVEL}级(?!配)"
    r"|密级(?:为|是|[:：])?(?:绝密|机密|秘密)"
    # 隔绝密封, 绝密封装 and 断绝密切 hold the two characters by accident.
    r"|(?<![隔断拒杜弃谢])绝密(?![封闭切集度])"
    # 干涉密度 and 交涉密切 hold 涉密 by accident; the law on state secrets is none itself.
    rf"|{_DENIED}(?:(?:国家|军事|国防)(?:绝密|机密|秘密)(?!法)|(?<![干交牵])涉密(?![切集度封闭]))"
)
_STATE_SECRET = re.compile(
    r"(?<!no)(?<!nota)(?<!notany)(?<!any)statesecrets?(?![a-z])", re.IGNORECASE
)
# These need their blanks: without them STOP SECRETS would be one. A recipe may be top secret in
# small letters, a document is so in capitals.
_BANNERS = re.compile(
    r"(?<![A-Za-z])(?:TOP[\s_.\-]*SECRET(?![A-Za-z])"
    r"|(?i:(?:TOP[\s_.\-]*)?SECRET|CONFIDENTIAL)\s*//\s*[A-Za-z]"
    r"|(?i:NOFORN)(?![A-Za-z]))"
)
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]+")
_HIDDEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad·・.。_\-]+")
_TRADITIONAL = str.maketrans("國絕機祕級軍項屬無為爲", "国绝机秘级军项属无为为")
# Every marking holds 密 or the beginning of one of three words; most texts hold none, and lists
# have millions of texts. One set of first letters and no flag, which is how ``re`` is quick.
_WORDS = re.compile(
    r"[SsNnCcＳｓＮｎＣｃ](?:(?<=[SsＳｓ])[\W_]*[EeＥｅ][\W_]*[CcＣｃ][\W_]*[RrＲｒ]"
    r"|(?<=[NnＮｎ])[OoＯｏ][FfＦｆ][OoＯｏ]|(?<=[CcＣｃ])[OoＯｏ][NnＮｎ][FfＦｆ][IiＩｉ])"
)
# How far a marking reaches before and after the character 密.
_BEFORE, _AFTER = 16, 12


def marking_in(text: str) -> str | None:
    """The first marking in the text as it would stand on paper, or ``None``.

    Blanks, dots and invisible characters between the characters do not hide one, nor do full
    width, traditional characters or capitals.
    """
    if "密" not in text and not _WORDS.search(text):
        return None
    said = unicodedata.normalize("NFKC", text).translate(_TRADITIONAL)
    plain = _HIDDEN.sub("", said)
    at = plain.find("密")
    while at >= 0:
        for found in _MARKINGS.finditer(plain, max(0, at - _BEFORE), at + _AFTER):
            if found.start() <= at < found.end() and not found["denied"]:
                return found[0]
        at = plain.find("密", at + 1)
    found_in_english = _STATE_SECRET.search(plain) or _BANNERS.search(_INVISIBLE.sub("", said))
    return found_in_english[0] if found_in_english else None


def refuse_state_secrets(texts: Iterable[str]) -> None:
    """Refuse as a whole what carries a marking anywhere.

    Raises: StateSecretRefused.
    Source: R-KERN-9 (domain.md §7.2).
    """
    for text in texts:
        if marking := marking_in(text):
            raise StateSecretRefused(marking=marking)


def searched(arguments: Mapping[str, object]) -> dict[str, object]:
    """What a command is given, with every text in it searched for a marking, however deep.

    What is handed over one by one is searched one by one, when its turn comes.

    Raises: StateSecretRefused, which names the field.
    """
    for name, text in _texts(arguments.items()):
        _refuse(name, text)
    return {n: _each(n, v) if isinstance(v, Iterator) else v for n, v in arguments.items()}


def _each(name: str, given: Iterator[object]) -> Iterator[object]:
    for one in given:
        for field, text in _texts([(name, one)]):
            _refuse(field, text)
        yield one


def _refuse(name: str, text: str) -> None:
    if marking := marking_in(text):
        said = str(StateSecretRefused(marking=marking))
        raise StateSecretRefused(problems={name: said}, marking=marking)


def _texts(given: Iterable[tuple[str, object]]) -> Iterator[tuple[str, str]]:
    """Every text with the name of the field it stands in; rows of the database say nothing new."""
    waiting = list(given)
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, Mapping):
            for key, inner in value.items():
                if isinstance(key, str):
                    yield name, key
                waiting.append((key if isinstance(key, str) else name, inner))
        elif isinstance(value, list | tuple | set | frozenset):
            waiting += [(name, each) for each in value]
        elif is_dataclass(value) and not isinstance(value, type):
            waiting += [(f.name, getattr(value, f.name)) for f in fields(value)]
