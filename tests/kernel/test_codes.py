"""Check digits against published examples, and the promise each makes about typing errors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotharbor.kernel import codes, regions

USCC_EXAMPLES = [
    "91110108551385082Q",  # Published: a company registered in Beijing.
    "91350100M000100Y43",  # Published: the usual example of the standard's explanations.
    "123302004700010245",
    "12330000470000013F",
    "91330200MA2HB0AA15",
]
ORCID_EXAMPLES = ["0000-0002-1825-0097", "0000-0002-1694-233X", "0000-0001-5109-3700"]
APPLICATION_EXAMPLES = [
    "200310102344.5",  # Published: the example of ZC 0006-2003.
    "202310001234.7",
    "201710601862.3",  # Published: worked through in an explanation of the check digit.
    # Before October 2003, all published:
    "97101765.4",  # the usual example of the old form
    "95115608.X",  # worked through: 186 leaves 10
    "99114725.1",  # an invention of 1999, as its owner quotes it
    "98211883.X",  # a utility model of 1998, from an institute's list
    "03100005.3",  # computed from the rule: the last year of the old form
    "85100001.0",  # computed from the rule: the first
]


@pytest.mark.parametrize("code", USCC_EXAMPLES)
def test_uscc_accepts_published_examples(code: str) -> None:
    assert codes.normalise_uscc(code) == code


def _oracle_uscc(body: str) -> str:
    """The standard's formula by search: the character that brings the sum to a multiple of 31."""
    weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
    value = {c: i for i, c in enumerate("0123456789ABCDEFGHJKLMNPQRTUWXY")}
    total = sum(value[c] * w for c, w in zip(body, weights, strict=True))
    return next(c for c, v in value.items() if (total + v) % 31 == 0)


uscc_bodies = st.builds(
    "{}{}{}".format,
    st.text(codes.USCC_ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(codes.USCC_ALPHABET, min_size=9, max_size=9),
)


@given(uscc_bodies)
def test_uscc_check_digit_agrees_with_search(body: str) -> None:
    assert codes.uscc_check_digit(body) == _oracle_uscc(body)


def test_uscc_remainder_zero_gives_digit_zero() -> None:
    assert codes.uscc_check_digit("91110000MA0000024") == "0"
    assert codes.normalise_uscc("91110000MA00000240") == "91110000MA00000240"


@given(uscc_bodies, st.integers(0, 17), st.sampled_from(codes.USCC_ALPHABET))
def test_uscc_refuses_any_single_wrong_character(body: str, place: int, other: str) -> None:
    code = body + codes.uscc_check_digit(body)
    wrong = code[:place] + other + code[place + 1 :]

    if wrong == code:
        assert codes.normalise_uscc(wrong) == code
    else:
        with pytest.raises(codes.BadCode):
            codes.normalise_uscc(wrong)


def test_uscc_reads_what_people_type() -> None:
    typed = " ９１１１０１０８－551385082q "

    assert codes.normalise_uscc(typed) == "91110108551385082Q"


def test_uscc_names_what_is_wrong() -> None:
    with pytest.raises(codes.WrongCheckDigit) as digit:
        codes.normalise_uscc("911101085513850820")
    with pytest.raises(codes.WrongLength) as length:
        codes.normalise_uscc("9111010855138508")
    with pytest.raises(codes.WrongCharacter) as character:
        codes.normalise_uscc("9111010855I385082Q")

    assert digit.value.facts["expected"] == "Q"
    assert "Q" in str(digit.value)
    assert (length.value.facts["expected"], length.value.facts["found"]) == (18, 16)
    assert (character.value.facts["character"], character.value.facts["position"]) == ("I", 11)


def test_uscc_holds_region_and_organisation_code() -> None:
    assert codes.region_of("91110108551385082Q") == "110108"
    assert codes.organisation_code_of("91110108551385082Q") == "551385082"


@pytest.mark.parametrize(
    ("text", "code"),
    [("D2143569-X", "D2143569X"), ("55138508-2", "551385082"), ("M000100Y4", "M000100Y4")],
)
def test_organisation_code_accepts_published_examples(text: str, code: str) -> None:
    assert codes.normalise_organisation_code(text) == code


@pytest.mark.parametrize("text", ["D2143569-1", "D214356-X", "D21四3569X", "Đ2143569X"])
def test_organisation_code_refuses_others(text: str) -> None:
    with pytest.raises(codes.BadCode):
        codes.normalise_organisation_code(text)


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=8, max_size=8))
def test_organisation_code_digit_completes_the_sum(body: str) -> None:
    digit = codes.organisation_check_digit(body)
    value = 10 if digit == "X" else int(digit)
    total = sum(int(c, 36) * w for c, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))

    assert (total + value) % 11 == 0


@pytest.mark.parametrize("orcid", ORCID_EXAMPLES)
def test_orcid_accepts_published_examples(orcid: str) -> None:
    assert codes.normalise_orcid(orcid) == orcid
    assert codes.normalise_orcid(f"https://orcid.org/{orcid}") == orcid
    assert codes.normalise_orcid(orcid.replace("-", "").lower()) == orcid


@given(st.text("0123456789", min_size=15, max_size=15), st.integers(0, 14), st.integers(1, 9))
def test_orcid_refuses_any_single_wrong_digit(body: str, place: int, shift: int) -> None:
    other = str((int(body[place]) + shift) % 10)

    with pytest.raises(codes.WrongCheckDigit):
        codes.normalise_orcid(
            body[:place] + other + body[place + 1 :] + codes.orcid_check_digit(body)
        )


@pytest.mark.parametrize("text", ["", "0000", "X000-0002-1825-0097", "0000-0002-1825-00970"])
def test_orcid_refuses_other_forms(text: str) -> None:
    with pytest.raises(codes.BadCode):
        codes.normalise_orcid(text)


@pytest.mark.parametrize("number", APPLICATION_EXAMPLES)
def test_application_number_accepts_examples_in_every_spelling(number: str) -> None:
    bare = number.replace(".", "")

    for text in (number, bare, f"ZL{number}", f"CN {bare}", f"zl {number} "):
        assert codes.normalise_application_number(text) == number


@given(
    st.integers(2003, 2099),
    st.sampled_from("12389"),
    st.integers(0, 9_999_999),
    st.integers(5, 11),
    st.integers(1, 9),
)
def test_application_number_refuses_any_wrong_serial_digit(
    year: int, kind: str, serial: int, place: int, shift: int
) -> None:
    body = f"{year}{kind}{serial:07d}"
    wrong = body[:place] + str((int(body[place]) + shift) % 10) + body[place + 1 :]

    with pytest.raises(codes.WrongCheckDigit):
        codes.normalise_application_number(wrong + codes.application_check_digit(body))


@given(
    st.integers(1985, 2003), st.sampled_from("12389"), st.integers(0, 99_999),
    st.integers(3, 7), st.integers(1, 9),
)  # fmt: skip
def test_an_old_application_number_refuses_any_wrong_serial_digit(year, kind, serial, place, shift):
    body = f"{year % 100:02d}{kind}{serial:05d}"
    wrong = body[:place] + str((int(body[place]) + shift) % 10) + body[place + 1 :]

    assert codes.normalise_application_number(body + codes.application_check_digit(body))
    with pytest.raises(codes.WrongCheckDigit):
        codes.normalise_application_number(wrong + codes.application_check_digit(body))


@pytest.mark.parametrize("body", ["199910102344", "198510000001", "200210000001", "84100001",
                                  "04100001", "50100001", "97401765", "200340102344"])  # fmt: skip
def test_no_application_number_is_from_before_its_form_or_after_it(body):
    with pytest.raises(codes.BadCode) as refused:
        codes.normalise_application_number(body + codes.application_check_digit(body))

    assert type(refused.value) is codes.BadCode


@pytest.mark.parametrize(
    ("text", "kind"),
    [("ZL97101765.4", "1"), ("98211883.X", "2"), ("98211883.1", "2"), ("202390001234", None),
     ("2023900012347", "9"), ("PCT/CN2023/000123", None), ("", None)],
)  # fmt: skip
def test_an_application_number_says_its_kind_whatever_its_check_digit(text, kind):
    assert codes.application_kind(text) == kind


def test_application_number_as_given_keeps_a_doubtful_one_with_its_doubt() -> None:
    sure = codes.application_number_as_given("ZL202310001234.7")
    doubtful = codes.application_number_as_given(" 202310001234.8 ")
    foreign = codes.application_number_as_given("PCT/CN2023/000123")

    assert sure == ("202310001234.7", None)
    assert doubtful.number == "202310001234.8"
    assert isinstance(doubtful.doubt, codes.WrongCheckDigit)
    assert foreign.number == "PCT/CN2023/000123"
    assert type(foreign.doubt) is codes.BadCode


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("H01M 10/0562", "H01M 10/0562"),
        ("h01m10/0562", "H01M 10/0562"),
        ("H01M0010/0562", "H01M 10/0562"),
        ("A61K", "A61K"),
        ("A61", "A61"),
        ("A", "A"),
        ("C07D 487/04", "C07D 487/04"),
    ],
)
def test_ipc_is_written_in_one_way(text: str, symbol: str) -> None:
    assert codes.normalise_ipc(text) == symbol


@pytest.mark.parametrize("text", ["", "I01M", "H1M", "H01M 10", "H01M 10/0", "H01M 0/00", "H0"])
def test_ipc_refuses_other_forms(text: str) -> None:
    with pytest.raises(codes.BadCode):
        codes.normalise_ipc(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [("C2710", "C2710"), ("2710", "C2710"), ("c398", "C398"), ("39", "C39"), ("M", "M"),
     ("M7320", "M7320"), ("Ｃ３９８５", "C3985")],
)  # fmt: skip
def test_industry_code_gets_its_section(text: str, code: str) -> None:
    assert codes.normalise_industry(text) == code


@pytest.mark.parametrize("text", ["", "U", "C2", "98", "0012", "C27100", "A2710"])
def test_industry_code_refuses_others(text: str) -> None:
    with pytest.raises(codes.BadCode):
        codes.normalise_industry(text)


def test_industry_code_names_the_right_section() -> None:
    with pytest.raises(codes.WrongSection) as refusal:
        codes.normalise_industry("A2710")

    assert refusal.value.facts["expected"] == "C"


def test_region_code_knows_the_provinces() -> None:
    assert codes.normalise_region(" 330200 ") == "330200"
    with pytest.raises(codes.UnknownRegion):
        codes.normalise_region("990000")
    with pytest.raises(codes.BadCode):
        codes.normalise_region("33020")
    assert len(codes.PROVINCES) == 34


@pytest.mark.parametrize("text", ["CN", "cn-zj", " ＣＮ－ＢＪ ", "CN-NM"])
def test_a_jurisdiction_is_the_country_or_a_province(text: str) -> None:
    assert codes.normalise_jurisdiction(text) in {"CN", "CN-ZJ", "CN-BJ", "CN-NM"}


@pytest.mark.parametrize("text", ["", "XX-99", "CN-QQ", "CN-330000", "ZJ", "US", "CN-"])
def test_any_other_jurisdiction_is_refused(text: str) -> None:
    with pytest.raises(codes.BadCode):
        codes.normalise_jurisdiction(text)


def test_every_province_has_its_own_two_letters() -> None:
    assert len(regions.JURISDICTIONS) == len(regions.PROVINCES) + 1
