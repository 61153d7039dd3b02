"""Are other names and neighbours found only where several texts agree?"""

import pytest

from pilotharbor.matching.engine import related
from pilotharbor.matching.engine.related import Related
from pilotharbor.matching.engine.vocabulary import Material


def read(*texts):
    return related.read(Material(text) for text in texts)


def test_a_short_name_and_the_whole_one_lead_to_each_other():
    found = read(
        "采用卷积神经网络（CNN）识别", "基于卷积神经网络(CNN)的方法", "用卷积神经网络(简称CNN)"
    )

    assert related.of("CNN", found) == (Related("卷积神经网络", "name", 3),)
    assert related.of("卷积神经网络", found) == (Related("cnn", "name", 3),)
    assert related.of("神经网络", found) == related.of("", found) == ()


def test_two_names_for_one_short_name_are_kept_apart():
    found = read(*["数字高程模型(DEM)"] * 2, *["离散单元方法(DEM)"] * 3)

    assert [its.word for its in related.of("dem", found)] == ["离散单元方法", "数字高程模型"]


@pytest.mark.parametrize(
    "texts",
    [
        ["采用卷积神经网络(CNN)"],
        # Half of C-反应蛋白, two characters, a figure, no name before it.
        ["C-反应蛋白(CRP)"] * 3, ["模型(DEM)"] * 3, ["温度控制在(25℃)"] * 3, ["(CNN)"] * 3,
        ["两种完全不同的叫法(ABC)", "其他任何说明文字(ABC)"], [""], ["((((((((", "))))))"],
        ["固" * 5000 + "(AB"] * 2,
    ],
)  # fmt: skip
def test_what_one_text_says_or_none_says_whole_is_no_name(texts):
    assert read(*texts) == {}


def keyworded(*lists):
    return related.read(Material("", keywords) for keywords in lists)


def test_keywords_that_go_together_far_more_than_by_chance_are_neighbours():
    lists = [("高效液相色谱", "含量测定")] * 4 + [("飞轮", "疲劳")] * 2
    lists += [(f"词{n}", "含量测定") for n in range(2)] + [(f"别{n}",) for n in range(60)]

    found = keyworded(*lists)

    assert related.of("高效液相色谱", found) == (Related("含量测定", "beside", 4),)
    # Two texts are too few.
    assert related.of("飞轮", found) == ()


def test_what_stands_everywhere_is_nobody_s_neighbour():
    often = [("研究", f"词{n % 5}") for n in range(60)]
    always = [("研究", "方法")] * 30

    assert keyworded(*often) == {}
    assert keyworded(*always) == {}


def test_there_are_never_too_many():
    found = read(*[f"第{'一二三四五六七八九十天地玄黄'[n % 14] * 3}方法(ABC)" for n in range(56)])

    assert len(related.of("abc", found)) <= related.MOST
