"""Which provinces are there? Province-level codes of GB/T 2260, in Chinese and English."""

from typing import NamedTuple


class Province(NamedTuple):
    """The short name of a province-level region in both languages, and its letters in ISO 3166-2."""

    zh: str
    en: str
    letters: str


PROVINCES: dict[str, Province] = {
    "11": Province("北京", "Beijing", "BJ"),
    "12": Province("天津", "Tianjin", "TJ"),
    "13": Province("河北", "Hebei", "HE"),
    "14": Province("山西", "Shanxi", "SX"),
    "15": Province("内蒙古", "Inner Mongolia", "NM"),
    "21": Province("辽宁", "Liaoning", "LN"),
    "22": Province("吉林", "Jilin", "JL"),
    "23": Province("黑龙江", "Heilongjiang", "HL"),
    "31": Province("上海", "Shanghai", "SH"),
    "32": Province("江苏", "Jiangsu", "JS"),
    "33": Province("浙江", "Zhejiang", "ZJ"),
    "34": Province("安徽", "Anhui", "AH"),
    "35": Province("福建", "Fujian", "FJ"),
    "36": Province("江西", "Jiangxi", "JX"),
    "37": Province("山东", "Shandong", "SD"),
    "41": Province("河南", "Henan", "HA"),
    "42": Province("湖北", "Hubei", "HB"),
    "43": Province("湖南", "Hunan", "HN"),
    "44": Province("广东", "Guangdong", "GD"),
    "45": Province("广西", "Guangxi", "GX"),
    "46": Province("海南", "Hainan", "HI"),
    "50": Province("重庆", "Chongqing", "CQ"),
    "51": Province("四川", "Sichuan", "SC"),
    "52": Province("贵州", "Guizhou", "GZ"),
    "53": Province("云南", "Yunnan", "YN"),
    "54": Province("西藏", "Tibet", "XZ"),
    "61": Province("陕西", "Shaanxi", "SN"),
    "62": Province("甘肃", "Gansu", "GS"),
    "63": Province("青海", "Qinghai", "QH"),
    "64": Province("宁夏", "Ningxia", "NX"),
    "65": Province("新疆", "Xinjiang", "XJ"),
    "71": Province("台湾", "Taiwan", "TW"),
    "81": Province("香港", "Hong Kong", "HK"),
    "82": Province("澳门", "Macao", "MO"),
}

# Whose rules can apply: the country's alone, or also those of one province.
JURISDICTIONS = frozenset({"CN", *(f"CN-{province.letters}" for province in PROVINCES.values())})
