"""Is what was meant offered, and only in words that everybody may read?"""

import pytest

from pilotharbor.matching import index
from pilotharbor.matching.finder.spelling import Speller
from tests.matching.finder.test_follow import row

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def speller(dsn):
    return Speller(dsn, lambda: True)


def test_a_slip_is_put_right_by_words_of_the_texts(speller):
    index.write([row(n, f"electrolyte membrane {n}") for n in range(20)])
    assert speller.meant("electrolite membrane") == ""

    speller.read()

    assert speller.meant("electrolite membrane") == "electrolyte membrane"
    assert speller.meant("electrolyte membrane") == ""
    assert speller.meant("") == speller.meant("x" * 500) == ""


def test_what_is_not_public_puts_nothing_right(speller):
    index.write([row(n, f"zirconate ceramic {n}", level="core") for n in range(20)])
    speller.read()

    assert speller.meant("zirconote ceramic") == ""


def test_another_name_that_texts_give_is_offered(speller):
    before = ("训练", "改进了", "利用", "构建", "轻量")
    index.write([row(n, f"{one}卷积神经网络(CNN)识别裂纹") for n, one in enumerate(before)])
    speller.read()

    assert speller.beside("CNN") == ["卷积神经网络"]
    assert speller.beside("飞轮") == []
