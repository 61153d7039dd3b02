"""Who is in the demonstration harbour beside the people of its voyages; every name is invented."""

from dataclasses import dataclass

HOST_NAME = "甬江中试港运营中心"
HOST_CODE = "12330200MB0A0000XC"
EMAIL_DOMAIN = "@harbor.example"
ADMINISTRATOR = "系统管理员梁工"
ADMINISTRATOR_EMAIL = "system@harbor.example"
VOYAGES = ("biomed.json", "electrolyte.json")
MAIN = "biomed-continuous-flow"


@dataclass(frozen=True)
class Extra:
    """An organisation with one person, for roles the voyages do not have."""

    key: str
    kind: str
    name: str
    uscc: str
    role: str
    person: str


EXTRAS = (
    Extra("bureau", "government_bureau", "甬江新区科技局（演示）", "12330200MB0A00018C",
          "government_officer", "科技局程科长"),
    Extra("audit", "audit_body", "甬江会计审计所（演示）", "12330200MB0A000267",
          "auditor", "审计员罗女士"),
    Extra("branch", "pilot_platform", "象山新材料中试分平台（演示）", "12330200MB0A000342",
          "member_platform", "分平台沈经理"),
)  # fmt: skip

WAITING_ORGANISATION = Extra(
    "applicant", "enterprise", "舟山海洋装备有限公司（演示）", "12330200MB0A00042W",
    "enterprise_member", "申请人陆经理",
)  # fmt: skip

WAITING_ACHIEVEMENT = {
    "title": "海水淡化膜组件的在线清洗工艺",
    "summary": "针对反渗透膜污染导致的通量衰减，提出不停机的脉冲在线清洗工艺，小试通量恢复率 96%。",
    "keywords": ["反渗透膜", "在线清洗", "海水淡化"],
    "industry": "C3463",
    "trl": {"scale": "TRL-9", "level": 4, "evidence": "小试装置 200 小时运行记录"},
    "mrl": 3,
    "confidentiality": "members",
}
WAITING_DEMAND = {
    "title": "反渗透膜清洗频繁停机，求不停机的清洗办法",
    "summary": "现场每两周停机化学清洗一次，希望通量恢复率不低于 95%，清洗不停机。",
    "keywords": ["反渗透膜", "在线清洗"],
    "budget_fen": 30000000,
}

# One scenario that may be answered, and one that has been answered and waits for its owner's choice.
OPEN_SCENARIO = {
    "direction": "product_seeks_scenario",
    "title": "国产在线粒度仪，寻结晶工段试用场景",
    "summary": "探头式激光粒度仪，量程 0.5～2000 μm，重复性 ≤ 1 %，已在实验室与进口设备比对 60 批。"
    "希望在一条连续或间歇结晶线上试用三个月，数据归双方所有。",
    "conditions": "我方提供仪器、安装和驻场工程师；试用期间免费，只需一个 DN50 接口和停机半天安装。",
    "keywords": ["在线粒度", "结晶", "国产替代"],
    "frontier": "future_manufacturing",
    "domestic_substitution": True,
    "cooperation": ["joint_implementation", "service"],
    "region": "330200",
}
ANSWERED_SCENARIO = {
    "direction": "scenario_seeks_product",
    "title": "原料药干燥终点判断，找国产在线水分检测",
    "summary": "双锥真空干燥现在靠取样判断终点，每批多烘 3～5 小时。要求在线检测水分 ≤ 0.5 %，"
    "响应时间 ≤ 30 s，与卡尔费休法偏差 ≤ 0.1 %。",
    "conditions": "提供一台 2000 L 双锥干燥机、洁净区 D 级、夜班可停机两小时；试用周期两个月。",
    "keywords": ["在线水分", "真空干燥", "原料药"],
    "industry": "C2710",
    "region": "330200",
    "frontier": "future_health",
    "domestic_substitution": True,
    "budget_fen": 80000000,
    "cooperation": ["service", "joint_development"],
}
SCENARIO_ANSWER = {
    "offer": "近红外漫反射探头加自研校正模型，小试 40 批与卡尔费休法偏差 0.07 %。"
    "试用需贵方提供每批一次的卡尔费休数据用于建模，两周可装机。",
}
