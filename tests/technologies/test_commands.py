import pytest

from pilotharbor.kernel.errors import NotFound
from pilotharbor.kernel.models import Event
from pilotharbor.kernel.states import MoveNotAllowed
from pilotharbor.parties.models import BreakGlass, NonDisclosure
from pilotharbor.parties.rights import NotYourRole
from pilotharbor.technologies import commands
from pilotharbor.technologies.commands import GivenRight
from pilotharbor.technologies.models import Achievement, Demand, IpAsset, Reader
from tests.conftest import AT
from tests.factories.parties import MembershipFactory
from tests.factories.technologies import let_in, market

pytestmark = pytest.mark.django_db(transaction=True)
CONTENT = {"title": "新型催化剂", "summary": "一种催化剂。"}


def names():
    return list(Event.objects.order_by("id").values_list("name", flat=True))


def do(command, actor, **kwargs):
    return command(**kwargs, actor_id=actor.pk, at=AT)


def test_disclose_writes_a_draft_with_rights_and_its_inventor():
    m = market()

    made = do(
        commands.disclose, m.inventor,
        content={
            **CONTENT, "keywords": [" 催化 ", "催化", ""], "industry": "2614", "trl_scale": "TRL-9",
            "trl_level": 4, "trl_evidence": "小试报告", "mrl": 3, "confidentiality": "nda",
        },
        ip=[
            GivenRight("invention_patent", "202310001234.7"),
            GivenRight("invention_patent", "202310001234.8"),
            GivenRight("technical_secret"),
        ],
    )  # fmt: skip

    made.refresh_from_db()
    assert (made.status, made.owner, made.keywords, made.industry) == (
        "draft", m.university, ["催化"], "C2614",
    )  # fmt: skip
    assert [i.membership for i in made.inventors.all()] == [m.inventor]
    assert [(r.application_no, r.number_checked) for r in made.ip_assets.order_by("id")] == [
        ("202310001234.7", IpAsset.objects.order_by("id")[0].number_checked),
        ("202310001234.8", False),
        ("", False),
    ]
    assert names() == ["technologies.achievement.disclosed"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "长" * 201}, "title"),
        ({"summary": "\x00"}, "summary"),
        ({"keywords": ["词" * 61]}, "keywords"),
        ({"keywords": [str(n) for n in range(21)]}, "keywords"),
        ({"industry": "Z99"}, "industry"),
        ({"region": "999999"}, "region"),
        ({"trl_level": 10, "trl_evidence": "x"}, "trl_level"),
        ({"trl_scale": "GB-13", "trl_level": 14, "trl_evidence": "x"}, "trl_level"),
        ({"trl_scale": "GJB", "trl_level": 3, "trl_evidence": "x"}, "trl_scale"),
        ({"trl_level": 4}, "trl_evidence"),
        ({"mrl": 11}, "mrl"),
        ({"confidentiality": "top"}, "confidentiality"),
        ({"cooperation": ["licence", "barter"]}, "cooperation"),
        ({"pricing": "secret"}, "pricing"),
        ({"price_fen": -1}, "price_fen"),
    ],
)
def test_disclose_names_the_wrong_field_and_leaves_no_trace(change, field):
    m = market()

    with pytest.raises(commands.ContentWrong) as refused:
        do(commands.disclose, m.inventor, content=CONTENT | change)

    assert list(refused.value.problems) == [field]
    assert Achievement.objects.count() == 1
    assert not Event.objects.exists()


def test_the_same_ways_in_another_order_are_no_change():
    m = market()
    ways = {"cooperation": ["joint_development", "licence", "licence"], "price_fen": 0}
    made = do(commands.disclose, m.inventor, content=CONTENT | ways)

    again = {"cooperation": ["licence", "joint_development"], "price_fen": 0}
    do(commands.revise, m.inventor, achievement_id=made.pk, content=again)
    do(commands.revise, m.inventor, achievement_id=made.pk, content={"pricing": "auction"})

    made.refresh_from_db()
    assert (made.cooperation, made.price_fen, made.pricing) == (
        ["licence", "joint_development"], 0, "auction",
    )  # fmt: skip
    assert [e.facts["fields"] for e in Event.objects.filter(name__endswith="revised")] == [
        ["pricing"]
    ]


def test_level_thirteen_stands_on_its_own_scale():
    m = market()

    made = do(
        commands.disclose, m.inventor,
        content=CONTENT | {"trl_scale": "GB-13", "trl_level": 13, "trl_evidence": "财报"},
    )  # fmt: skip

    assert (made.trl_scale, made.trl_level) == ("GB-13", 13)


@pytest.mark.parametrize(
    "ip", [[GivenRight("crystal_ball")], [GivenRight("software", "S" * 25)],
           [GivenRight("software")] * 51],
)  # fmt: skip
def test_disclose_refuses_unknown_or_oversized_rights(ip):
    m = market()

    with pytest.raises(commands.ContentWrong):
        do(commands.disclose, m.inventor, content=CONTENT, ip=ip)

    assert not Event.objects.exists()


def test_inventors_belong_to_the_owner():
    m = market()

    with pytest.raises(commands.ContentWrong) as refused:
        do(commands.disclose, m.tto, content=CONTENT, inventor_ids=[m.inventor.pk, m.buyer.pk])

    assert list(refused.value.problems) == ["inventors"]


@pytest.mark.parametrize("who", ["buyer", "operator", "expert", "auditor", "administrator"])
def test_only_researchers_and_transfer_offices_disclose(who):
    m = market()

    with pytest.raises(NotYourRole):
        do(commands.disclose, getattr(m, who), content=CONTENT)


def test_a_technology_manager_discloses_for_nobody_in_particular():
    m = market()

    with pytest.raises(commands.NotYourEntry):
        do(commands.disclose, m.manager, content=CONTENT)
    with pytest.raises(commands.NotYourEntry):
        do(commands.post, m.manager, content=CONTENT)


@pytest.mark.parametrize(
    "text",
    ["绝密★30年", "机密★", "本文件为机 密 ★ 20年", "秘密☆10年", "密级：秘密", "涉及国家秘密的内容",
     "this is a state secret", "机\u200b密★", "秘密 十年", "机密：20年"],
)  # fmt: skip
@pytest.mark.parametrize("field", ["title", "summary", "detail", "keywords", "trl_evidence"])
def test_state_secrets_never_enter(text, field):
    m = market()
    value = [text] if field == "keywords" else text

    with pytest.raises(commands.StateSecretRefused):
        do(commands.disclose, m.inventor, content=CONTENT | {field: value})

    assert Achievement.objects.count() == 1
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "text",
    ["不涉及国家秘密", "技术秘密保密期限10年", "商业秘密★5年", "该机密封性好，寿命10年", "no state secret inside",
     "技术秘密 5 年", "绝密封装"],
)  # fmt: skip
def test_trade_secrets_and_denials_are_no_state_secrets(text):
    m = market()

    made = do(commands.disclose, m.inventor, content=CONTENT | {"summary": text})

    assert made.summary == text


def test_state_secrets_do_not_enter_by_revision_or_as_a_need():
    m = market(status="draft")

    with pytest.raises(commands.StateSecretRefused):
        do(
            commands.revise, m.inventor, achievement_id=m.achievement.pk,
            content={"detail": "机密★20年"},
        )  # fmt: skip
    with pytest.raises(commands.StateSecretRefused):
        do(commands.post, m.buyer, content=CONTENT | {"detail": "绝密★"})


def test_an_achievement_goes_from_draft_to_the_market_by_two_people():
    m = market(status="draft", published_at=None)
    pk = m.achievement.pk

    do(commands.submit, m.inventor, achievement_id=pk)
    do(commands.return_, m.tto, achievement_id=pk, note="补充放大数据")
    do(commands.revise, m.inventor, achievement_id=pk, content={"summary": "已补充。"})
    do(commands.submit, m.inventor, achievement_id=pk)
    published = do(commands.publish, m.tto, achievement_id=pk)

    assert (published.status, published.published_at, published.review_note) == (
        "published",
        AT,
        "",
    )
    assert published.reviewed_by == m.tto
    assert names() == [
        f"technologies.achievement.{verb}"
        for verb in ("submitted", "returned", "revised", "submitted", "published")
    ]


def test_nobody_reviews_what_they_submitted_also_not_in_another_role():
    m = market(status="draft", published_at=None)
    other_hat = MembershipFactory(person=m.tto.person, organisation=m.university, role="researcher")
    do(commands.submit, m.tto, achievement_id=m.achievement.pk)
    Achievement.objects.update(submitted_by=other_hat)

    for command, extra in ((commands.publish, {}), (commands.return_, {"note": "改"})):
        with pytest.raises(commands.OwnSubmission):
            do(command, m.tto, achievement_id=m.achievement.pk, **extra)

    assert Achievement.objects.get().status == "submitted"
    assert names() == ["technologies.achievement.submitted"]


def test_what_came_by_a_file_is_reviewed_by_another_than_its_importer():
    m = market(status="submitted", published_at=None)
    Achievement.objects.update(disclosed_by=m.tto)

    with pytest.raises(commands.OwnSubmission):
        do(commands.publish, m.tto, achievement_id=m.achievement.pk)


def test_only_the_own_transfer_office_publishes():
    m = market(status="submitted", published_at=None)
    other_office = MembershipFactory(organisation=m.company, role="tto_officer")

    with pytest.raises(NotFound):
        do(commands.publish, other_office, achievement_id=m.achievement.pk)
    with pytest.raises(NotYourRole):
        do(commands.publish, m.operator, achievement_id=m.achievement.pk)
    Achievement.objects.update(status="published", published_at=AT)
    with pytest.raises(commands.NotYourEntry):
        do(commands.publish, other_office, achievement_id=m.achievement.pk)


def test_a_move_out_of_turn_is_refused():
    m = market()

    with pytest.raises(MoveNotAllowed):
        do(commands.submit, m.inventor, achievement_id=m.achievement.pk)
    do(commands.withdraw, m.inventor, achievement_id=m.achievement.pk)
    with pytest.raises(MoveNotAllowed):
        do(commands.publish, m.tto, achievement_id=m.achievement.pk)


@pytest.mark.parametrize("note", ["", "  ", "长" * 501])
def test_returning_wants_a_note(note):
    m = market(status="submitted", published_at=None)

    with pytest.raises(commands.NoteMissing):
        do(commands.return_, m.tto, achievement_id=m.achievement.pk, note=note)

    assert Achievement.objects.get().status == "submitted"


def test_a_colleague_may_not_revise_nor_withdraw_but_the_office_may():
    m = market(status="draft", published_at=None)

    for command, extra in ((commands.revise, {"content": {"mrl": 5}}), (commands.withdraw, {})):
        with pytest.raises(commands.NotYourEntry):
            do(command, m.colleague, achievement_id=m.achievement.pk, **extra)
    do(commands.revise, m.tto, achievement_id=m.achievement.pk, content={"mrl": 5})

    assert Achievement.objects.get().mrl == 5


def test_the_manager_of_a_project_revises_and_others_do_not():
    m = market(status="returned")

    with pytest.raises(NotFound):
        do(commands.revise, m.manager, achievement_id=m.achievement.pk, content={"mrl": 5})
    let_in(m.achievement, m.manager)
    do(commands.revise, m.manager, achievement_id=m.achievement.pk, content={"mrl": 5})

    assert Achievement.objects.get().mrl == 5


def test_published_ones_are_revised_by_the_office_alone():
    m = market()

    with pytest.raises(commands.NotOpenForChange):
        do(commands.revise, m.inventor, achievement_id=m.achievement.pk, content={"mrl": 5})
    do(
        commands.revise, m.tto, achievement_id=m.achievement.pk, content={},
        ip=[GivenRight("software")], inventor_ids=[m.colleague.pk],
    )  # fmt: skip

    assert [r.kind for r in m.achievement.ip_assets.all()] == ["software"]
    assert [i.membership for i in m.achievement.inventors.all()] == [m.colleague]


def test_revising_checks_what_belongs_together():
    m = market(status="draft", published_at=None, trl_level=9, trl_evidence="鉴定")

    with pytest.raises(commands.ContentWrong):
        do(
            commands.revise, m.inventor, achievement_id=m.achievement.pk,
            content={"trl_evidence": ""},
        )  # fmt: skip


def test_a_need_is_reviewed_by_the_platform():
    m = market()
    made = do(commands.post, m.buyer, content=CONTENT | {"budget_fen": 50_000_000})
    do(commands.revise_demand, m.buyer, demand_id=made.pk, content={"budget_fen": None})
    do(commands.submit_demand, m.buyer, demand_id=made.pk)

    with pytest.raises(NotYourRole):
        do(commands.publish_demand, m.buyer, demand_id=made.pk)
    do(commands.return_demand, m.operator, demand_id=made.pk, note="写清用量")
    do(commands.submit_demand, m.buyer, demand_id=made.pk)
    do(commands.publish_demand, m.operator, demand_id=made.pk)
    do(commands.withdraw_demand, m.operator, demand_id=made.pk)

    made.refresh_from_db()
    assert (made.status, made.budget_fen) == ("withdrawn", None)
    assert names()[-1] == "technologies.demand.withdrawn"


@pytest.mark.parametrize("budget", [-1, 10**15 + 1])
def test_a_budget_is_possible(budget):
    m = market()

    with pytest.raises(commands.ContentWrong):
        do(commands.post, m.buyer, content=CONTENT | {"budget_fen": budget})

    assert Demand.objects.count() == 1


def test_strangers_do_not_touch_a_need():
    m = market()

    with pytest.raises(commands.NotYourEntry):
        do(commands.withdraw_demand, m.outsider, demand_id=m.demand.pk)
    with pytest.raises(commands.NotYourEntry):
        do(commands.revise_demand, m.outsider, demand_id=m.demand.pk, content={"title": "x"})


def test_named_readers_come_and_go():
    m = market(confidentiality="core")
    pk = m.achievement.pk

    do(commands.name_reader, m.inventor, achievement_id=pk, membership_id=m.outsider.pk)
    do(commands.name_reader, m.inventor, achievement_id=pk, membership_id=m.outsider.pk)
    assert do(commands.view_detail, m.outsider, achievement_id=pk) == "烧结温度与助剂配比"
    do(commands.unname_reader, m.inventor, achievement_id=pk, membership_id=m.outsider.pk)
    do(commands.unname_reader, m.inventor, achievement_id=pk, membership_id=m.outsider.pk)
    with pytest.raises(NotFound):
        do(commands.view_detail, m.outsider, achievement_id=pk)

    assert names() == [
        "technologies.achievement.reader_named",
        "technologies.achievement.detail_viewed",
        "technologies.achievement.reader_removed",
    ]


@pytest.mark.parametrize("who", ["expert", "administrator"])
def test_those_who_read_no_results_cannot_be_named(who):
    m = market(confidentiality="core")

    with pytest.raises(commands.NotAReader):
        do(
            commands.name_reader, m.inventor, achievement_id=m.achievement.pk,
            membership_id=getattr(m, who).pk,
        )  # fmt: skip

    assert not Reader.objects.exists()


def test_strangers_name_nobody():
    m = market()

    with pytest.raises(NotYourRole):
        do(
            commands.name_reader, m.outsider, achievement_id=m.achievement.pk,
            membership_id=m.outsider.pk,
        )  # fmt: skip


def test_a_project_lets_people_in_and_out_once():
    m = market(confidentiality="project")
    ids = [m.manager.pk, m.advisor.pk]
    both = {"achievement_id": m.achievement.pk, "demand_id": m.demand.pk, "via": "project"}

    do(commands.admit, m.operator, membership_ids=ids, **both)
    do(commands.admit, m.operator, membership_ids=ids, **both)
    assert do(commands.view_detail, m.advisor, achievement_id=m.achievement.pk)
    do(commands.dismiss, m.operator, membership_ids=ids, **both)
    do(commands.dismiss, m.operator, membership_ids=ids, **both)

    assert not Reader.objects.exists()
    assert names() == [
        "technologies.achievement.readers_admitted",
        "technologies.demand.readers_admitted",
        "technologies.achievement.detail_viewed",
        "technologies.achievement.readers_dismissed",
        "technologies.demand.readers_dismissed",
    ]


def test_reading_a_public_detail_leaves_no_trace_and_a_closed_one_stays_closed():
    m = market()
    do(commands.view_detail, m.outsider, achievement_id=m.achievement.pk)
    do(commands.view_demand_detail, m.outsider, demand_id=m.demand.pk)
    Achievement.objects.update(confidentiality="nda")

    with pytest.raises(commands.DetailClosed):
        do(commands.view_detail, m.outsider, achievement_id=m.achievement.pk)
    assert not Event.objects.exists()
    NonDisclosure.objects.create(
        owner=m.university, signatory=m.outsider.organisation, signed_by=m.outsider, signed_at=AT,
        text_version="1", text_sha256="0" * 64,
    )  # fmt: skip
    do(commands.view_detail, m.outsider, achievement_id=m.achievement.pk)

    viewed = Event.objects.get()
    assert (viewed.name, viewed.person_id, viewed.facts) == (
        "technologies.achievement.detail_viewed", m.outsider.person_id, {"level": "nda"},
    )  # fmt: skip


def test_the_glass_is_broken_by_two_and_every_look_is_on_record():
    m = market(confidentiality="core")
    pk = m.achievement.pk
    with pytest.raises(NotFound):
        do(commands.view_detail, m.administrator, achievement_id=pk)
    BreakGlass.objects.create(
        subject_type="technologies.achievement", subject_id=pk, asked_by=m.administrator,
        asked_at=AT, reason="事故调查", status="granted", decided_by=m.auditor,
        expires_at=AT.replace(hour=5),
    )  # fmt: skip

    assert do(commands.view_detail, m.administrator, achievement_id=pk) == "烧结温度与助剂配比"

    assert names() == ["parties.break_glass.used", "technologies.achievement.detail_viewed"]
    with pytest.raises(NotFound):
        commands.view_detail(achievement_id=pk, actor_id=m.administrator.pk, at=AT.replace(hour=5))
