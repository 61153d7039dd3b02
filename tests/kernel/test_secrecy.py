"""No text with a state-secret marking enters, whichever command it is brought to."""

from dataclasses import dataclass

import pytest

from pilotharbor.kernel.models import Event
from pilotharbor.kernel.secrecy import StateSecretRefused, marking_in
from pilotharbor.kernel.transactions import command
from pilotharbor.projects.models import Project, Task
from tests.factories.booking import NOW, dock
from tests.factories.callers import Caller
from tests.kernel.conftest import do


@pytest.mark.parametrize(
    "text",
    [
        "绝密★30年", "机密★", "本文件为机 密 ★ 20年", "秘密☆10年", "机密：20年", "秘密 十年", "密级：秘密",
        "密级为机密", "绝密级文件", "绝密", "附件(绝密)", "机密级", "秘密级材料", "机\u200b密级", "机.密.级",
        "涉密项目", "本项目涉密", "涉及国家秘密的内容", "國家秘密", "國家機密", "絕密", "機密級", "军事秘密",
        "国防机密", "TOP SECRET//NOFORN", "top secret//noforn", "SECRET//REL TO", "Confidential // X",
        "This is TOP SECRET.", "ＴＯＰ＿ＳＥＣＲＥＴ", "noforn", "a State Secret", "state-secrets",
        "不涉及商业秘密，但属国家秘密", "项目甲：绝密；乙：公开",
    ],
)  # fmt: skip
def test_what_bears_a_mark_is_caught(text):
    assert marking_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "商业秘密★5年", "技术秘密 5 年", "技术秘密保密期限10年", "工作秘密", "保密等级：内部", "商业机密级",
        "沥青拌和机密级配混合料", "绝密封装", "隔绝密闭", "不涉密", "非涉密项目", "是否涉密：否", "不属于涉密项目",
        "干涉密度", "交涉密切", "不涉及国家秘密", "未涉及任何国家秘密", "双方不得泄露国家秘密", "保守国家秘密法",
        "违反国家秘密法", "机密", "主机密码", "该机密封性好，寿命10年", "secret key", "top secret recipe",
        "Stop Secrets", "https://secret.example/x", "confidential information", "no state secret inside",
        "not a state secret", "information", "", "密",
    ],
)  # fmt: skip
def test_what_only_looks_like_one_is_not(text):
    assert marking_in(text) is None


@dataclass(frozen=True, slots=True)
class Term:
    key: str
    notes: tuple[str, ...] = ()


@command
def keep(*, given, name=""):
    """Write down that something was kept, and use up what comes one by one."""
    do(pk=1, n=1)
    return list(given) if hasattr(given, "__iter__") else given


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ("机密★", "given"), (["a", "机密★"], "given"), ({"title": "机密★"}, "title"), ({"机密★": 1}, "given"),
        ({"rows": [{"note": ("x", "机密★")}]}, "note"), (Term("机密★"), "key"),
        ([Term("a", ("b", "机密★"))], "notes"), (iter([Term("a"), Term("b", ("机密★",))]), "notes"),
        (frozenset({"机密★"}), "given"),
    ],
)  # fmt: skip
def test_no_command_takes_a_marked_text_however_deep(given, field):
    with pytest.raises(StateSecretRefused) as refused:
        keep(given=given)

    assert refused.value.facts == {"marking": "机密★"}
    assert list(refused.value.problems) == [field]
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_everything_else_reaches_the_command_as_it_was():
    rows = [Term("a"), Term("b", ("保密",))]

    assert keep(given=rows) == rows
    assert keep(given=iter(rows)) == rows
    assert keep(given=b"\xff", name="商业秘密") == list(b"\xff")


@pytest.mark.django_db(transaction=True)
def test_a_task_of_a_project_is_refused_with_its_field(settings):
    settings.EXERCISE_CLOCK = True
    d = dock(status=Project.Status.RESOURCING)
    body = {
        "kind": "report", "title": "整理机密★10年 的国家秘密材料", "owner_id": d.project.platform_id,
        "due_date": "2026-04-01",
    }  # fmt: skip

    answer = Caller(d.operator, at=NOW).post(f"/projects/{d.project.pk}/tasks", body)

    assert (answer.status_code, answer.json()["code"]) == (403, "kernel.state_secret_refused")
    assert [e["field"] for e in answer.json()["errors"]] == ["title"]
    assert "整理" not in answer.content.decode()
    assert not Task.objects.exists()
