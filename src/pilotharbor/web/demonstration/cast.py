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
