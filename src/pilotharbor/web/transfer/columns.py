"""Which columns does each kind of file have, and what are they called?"""

from django.utils.translation import gettext_lazy as _

from pilotharbor.booking.models import Booking
from pilotharbor.facilities.models import Equipment
from pilotharbor.kernel import codes, time
from pilotharbor.kernel.sheets import Column
from pilotharbor.parties.roles import Confidentiality, OrganisationKind
from pilotharbor.technologies import disciplines
from pilotharbor.technologies.models import (
    Cooperation,
    Direction,
    Frontier,
    IpAsset,
    Pricing,
    TrlScale,
)
from pilotharbor.web.transfer import parsing

_LEVELS = _("One of public, members, nda, project, core.")
_LIST = _("Entries set apart by semicolons.")
_MONEY = _("An amount in yuan, such as 800000 or 1,234.56.")
_YES_NO = _("Write yes or no.")
_WORDS = parsing.Listed(20, each=60)
_PEOPLE = parsing.Listed(50, each=254)
_RIGHT_NUMBERS = parsing.Listed(50, each=40, places=True)
_RIGHT_KINDS = parsing.Listed(50, places=True, entry=parsing.choice(IpAsset.Kind))
_WAYS = parsing.Listed(len(Cooperation), entry=parsing.choice(Cooperation))
_RIGHT_STATES = parsing.Listed(50, places=True, entry=parsing.choice(IpAsset.LegalStatus))

_NUMBER = Column(
    name="number", headings=("外部编号", "External number", "id", "编号", "成果编号", "需求编号"),
    help=_("Your own number, unique in your organisation: the row is updated by it next time."),
    most=60, example="KJ-2026-001",
)  # fmt: skip
_OWNER = Column(
    name="owner", headings=("权属单位", "Owner", "权属单位代码", "单位", "所属单位", "owner uscc"),
    help=_("Your organisation's name or unified social credit code; empty means yours."), most=200,
)  # fmt: skip
_SUMMARY = Column(
    name="summary", headings=("摘要", "Summary", "abstract", "简介", "成果简介", "需求描述", "内容摘要"),
    help=_("At most 4,000 characters that anybody who may see the entry reads."),
    required=True, most=4000, example="离子电导率高的硫化物固态电解质，放大时批间电导率波动。",
)  # fmt: skip
_DETAIL = Column(
    name="detail", headings=("技术详情", "Detail", "详细说明"), most=20_000,
    help=_("At most 20,000 characters, shown only as the level of confidentiality allows."),
)  # fmt: skip
_KEYWORDS = Column(
    name="keywords", headings=("关键词", "Keywords", "关键字"), help=_LIST,
    parse=_WORDS, many=_WORDS.entries, example="固态电池；硫化物电解质",
)  # fmt: skip
_INDUSTRY = Column(
    name="industry", headings=("国民经济行业", "Industry", "行业代码", "行业", "应用行业"),
    help=_("A code of GB/T 4754, such as C3985."), parse=codes.normalise_industry, example="C3985",
)  # fmt: skip
_REGION = Column(
    name="region", headings=("行政区划", "Region", "区划代码"),
    help=_("Six digits of GB/T 2260, such as 330200."), parse=codes.normalise_region,
    example="330200",
)  # fmt: skip
_CONFIDENTIALITY = Column(
    name="confidentiality", headings=("保密等级", "Confidentiality", "保密级别", "密级"), help=_LEVELS,
    parse=parsing.confidentiality(Confidentiality), example="公开",
)  # fmt: skip
_COOPERATION = Column(
    name="cooperation", headings=("合作方式", "Ways of cooperation", "转化方式", "拟转化方式"),
    help=_("Such as transfer, licence, equity or joint_development, set apart by semicolons."),
    parse=_WAYS, many=_WAYS.entries, most=400, example="许可；合作开发",
)  # fmt: skip

# Written on the way out so that a list can be read; where an entry stands is decided elsewhere.
_STATE = (
    Column(name="state", headings=("状态", "Status"), help=_("Left as it is by an import.")),
    Column(
        name="published", headings=("发布日期", "Published"), help=_("Left as it is by an import.")
    ),
)


def _title(zh: str, en: str, *more: str, example: str) -> Column:
    return Column(
        name="title", headings=(zh, en, "title", "名称", "标题", "题名", *more), required=True,
        most=200, help=_("At most 200 characters."), example=example,
    )  # fmt: skip


ACHIEVEMENTS = (
    _NUMBER,
    _title("成果名称", "Achievement", "题目", example="硫化物固态电解质的公斤级制备"),
    _SUMMARY,
    _KEYWORDS,
    _OWNER,
    _INDUSTRY,
    Column(name="discipline", headings=("学科", "Discipline", "学科分类"), most=60,
           help=_("At most 60 characters."), example="材料科学与工程"),
    Column(name="discipline_code", headings=("学科代码", "Discipline code"),
           help=_("A code of GB/T 13745-2009 such as 530.64, alone or with its name."),
           parse=disciplines.normalise, example="530.64 制药工程"),
    Column(name="category", headings=("学科门类", "Category"), most=60,
           help=_("Taken as the discipline where that is empty.")),
    _REGION,
    Column(name="trl_level", headings=("技术成熟度", "TRL", "trl level", "成熟度", "技术就绪度"),
           help=_("A whole number on the scale named beside it, such as 4."),
           parse=parsing.level(parsing.LARGEST_SCALE), example="3"),
    Column(name="trl_scale", headings=("成熟度量表", "TRL scale"),
           help=_("TRL-9 (nine levels, the default) or GB-13 (thirteen levels)."),
           parse=parsing.choice(TrlScale), example="TRL-9"),
    Column(name="trl_evidence", headings=("成熟度证据", "TRL evidence"), most=500,
           help=_("At most 500 characters."), example="克级样品测试报告"),
    Column(name="mrl", headings=("制造成熟度", "MRL"), help=_("A whole number from 1 to 10."),
           parse=parsing.level(10), example="3"),
    _CONFIDENTIALITY,
    Column(name="ip_number", headings=("专利申请号", "Patent application number", "申请号", "专利号"),
           help=_("Application numbers set apart by semicolons, such as 202310001234.7."),
           parse=_RIGHT_NUMBERS, many=_RIGHT_NUMBERS.entries, most=3000, example="202310001234.7"),
    Column(name="ip_kind", headings=("知识产权类型", "IP kind", "知识产权"),
           help=_("Such as invention_patent, utility_model, software or technical_secret."),
           parse=_RIGHT_KINDS, many=_RIGHT_KINDS.entries, most=3000, example="发明专利"),
    Column(name="ip_status", headings=("法律状态", "Legal status"),
           help=_("Such as pending, granted or in_force."),
           parse=_RIGHT_STATES, many=_RIGHT_STATES.entries, most=3000, example="已授权"),
    Column(name="inventors", headings=("完成人邮箱", "Inventor e-mails", "完成人"), most=13_000,
           help=_("E-mail addresses of members of your organisation, set apart by semicolons."),
           parse=_PEOPLE, many=_PEOPLE.entries),
    _COOPERATION,
    Column(name="pricing", headings=("定价方式", "Pricing"),
           help=_("One of negotiable, agreement, listing, auction."),
           parse=parsing.choice(Pricing), example="面议"),
    Column(name="price_fen", headings=("意向价格（元）", "Asking price (CNY)", "价格", "报价"),
           help=_MONEY, parse=parsing.amount, example="80万"),
    _DETAIL,
    Column(name="source", headings=("来源", "Source"), most=200, help=_("At most 200 characters.")),
    *_STATE,
)  # fmt: skip

DEMANDS = (
    _NUMBER,
    _title("需求名称", "Demand", "需求题目", example="固态电解质粉体公斤级稳定供样"),
    _SUMMARY,
    _KEYWORDS,
    _OWNER,
    _INDUSTRY,
    _REGION,
    Column(name="budget_fen", headings=("预算（元）", "Budget (CNY)", "预算", "budget", "拟投入"),
           help=_MONEY, parse=parsing.amount, example="50万"),
    _COOPERATION,
    Column(name="trl_wanted", headings=("期望成熟度", "TRL wanted"),
           help=_("A whole number from 1 to 9: how far along a solution must be at least."),
           parse=parsing.level(9), example="5"),
    _CONFIDENTIALITY,
    _DETAIL,
    *_STATE,
)  # fmt: skip

SCENARIOS = (
    _NUMBER,
    _title("场景名称", "Scenario", "应用场景", "场景题目", example="六代线面板缺陷检测机替代进口"),
    Column(name="direction", headings=("方向", "Direction", "类型", "供需方向"), required=True,
           help=_("A scenario looks for a product, or a product looks for a scenario."),
           parse=parsing.choice(Direction), example="场景找产品"),
    _SUMMARY,
    Column(name="conditions", headings=("试用条件", "Conditions", "场景条件", "可提供条件"), most=4000,
           help=_("At most 4,000 characters: place, equipment and people offered for the trial."),
           example="一条六代线，夜班可停机两小时"),
    _KEYWORDS,
    _OWNER,
    _INDUSTRY,
    _REGION,
    Column(name="frontier", headings=("未来产业领域", "Field", "领域", "前沿领域"),
           help=_("One of the strategic fields, such as future_materials; empty where none fits."),
           parse=parsing.choice(Frontier), example="新型显示"),
    Column(name="domestic_substitution", headings=("国产替代", "Domestic substitution", "是否国产替代"),
           help=_YES_NO, parse=parsing.yes_no, example="是"),
    Column(name="budget_fen", headings=("预算（元）", "Budget (CNY)", "预算", "budget", "拟投入"),
           help=_MONEY, parse=parsing.amount, example="80万"),
    _COOPERATION,
    Column(name="answers_until_date", headings=("揭榜截止日", "Last day for answers", "应答截止日", "截止日期"),
           help=_("A date such as 2026-03-02, not in the past where the row goes up for review."),
           parse=time.parse_date, example="2027-06-30"),
    _CONFIDENTIALITY,
    _DETAIL,
    *_STATE,
    Column(name="ordered", headings=("首单日期", "First order on"),
           help=_("Left as it is by an import.")),
)  # fmt: skip

ORGANISATIONS = (
    Column(name="name", headings=("单位名称", "Organisation", "名称", "机构名称", "name"), required=True,
           most=200, help=_("The full registered name, at most 200 characters."),
           example="示例制药有限公司"),
    Column(name="uscc", headings=("统一社会信用代码", "Unified social credit code", "uscc", "信用代码"),
           required=True, help=_("Eighteen characters of GB 32100, kept as text."),
           parse=codes.normalise_uscc, example="91330200MA2HB0AA15"),
    Column(name="kind", headings=("单位类型", "Kind", "机构类型", "类型"), required=True,
           help=_("Such as university, research_institute, enterprise, pilot_platform, investor or bank."),
           parse=parsing.choice(OrganisationKind), example="企业"),
    Column(name="name_en", headings=("英文名称", "English name"), most=200,
           help=_("At most 200 characters.")),
    _REGION,
    Column(name="jurisdiction", headings=("适用地区", "Jurisdiction"),
           help=_("Whose rules apply: CN or a province such as CN-ZJ."),
           parse=codes.normalise_jurisdiction, example="CN-ZJ"),
    Column(name="state_funded", headings=("国家设立", "State-funded", "政府设立"), help=_YES_NO,
           parse=parsing.yes_no, example="否"),
    Column(name="sme", headings=("中小企业", "SME"), help=_YES_NO, parse=parsing.yes_no, example="是"),
    Column(name="address", headings=("地址", "Address"), most=200, help=_("At most 200 characters.")),
    Column(name="contact_email", headings=("联系邮箱", "Contact e-mail", "邮箱", "email"), most=254,
           help=_("An e-mail address."), parse=parsing.email, example="contact@pharma.example"),
    Column(name="website", headings=("网址", "Website"), most=200,
           help=_("The address of the organisation's site."), parse=parsing.website),
    _STATE[0],
)  # fmt: skip

EQUIPMENT = (
    Column(name="asset_no", headings=("资产编号", "Asset number", "设备编号", "asset no"), required=True,
           most=40, help=_("The number on the plate, unique on your platform."), example="SB-0001"),
    Column(name="name", headings=("设备名称", "Equipment", "名称", "name"), required=True, most=120,
           help=_("At most 120 characters."), example="微通道连续流反应器"),
    Column(name="model", headings=("型号", "Model", "规格型号"), most=120,
           help=_("At most 120 characters."), example="MF-200"),
    Column(name="kind", headings=("设备类型", "Kind", "类型"),
           help=_("One of production, experiment, online_test."),
           parse=parsing.choice(Equipment.Kind), example="试制"),
    _OWNER,
    Column(name="line", headings=("中试线", "Line", "所属中试线"), most=120,
           help=_("The name of a line of your platform, exactly as it stands there.")),
    Column(name="position", headings=("线上序号", "Position on the line"),
           help=_("A whole number from 1 to 99."), parse=parsing.level(99), example="1"),
    Column(name="value_fen", headings=("原值（元）", "Original value (CNY)", "原值", "original value"),
           help=_MONEY, parse=parsing.amount, example="120万"),
    Column(name="purchase_date", headings=("购置日期", "Purchase date", "购置日"),
           help=_("A date such as 2026-03-02."), parse=time.parse_date, example="2025-06-30"),
    Column(name="specification", headings=("技术参数", "Specification", "主要参数", "用途"), most=4000,
           help=_("At most 4,000 characters.")),
    Column(name="place", headings=("存放场地", "Place", "场地", "存放地点"), most=120,
           help=_("The name of a site of your platform; empty means where its line stands.")),
    Column(name="scale_min_g", headings=("最小处理量（g）", "Smallest scale (g)"),
           parse=parsing.grams, help=_("A weight in gram such as 50, 0.5 or 2 kg."), example="50"),
    Column(name="scale_max_g", headings=("最大处理量（g）", "Largest scale (g)"),
           parse=parsing.grams, help=_("A weight in gram, not less than the smallest."),
           example="5000"),
    Column(name="scale_up", headings=("放大倍数", "Scale-up factor"),
           help=_("Left as it is by an import: the largest scale by the smallest.")),
    Column(name="is_shared", headings=("开放共享", "Shared", "是否共享"), help=_YES_NO,
           parse=parsing.yes_no, example="是"),
    _STATE[0],
)  # fmt: skip

_EMAIL = Column(
    name="email", headings=("邮箱", "E-mail", "电子邮箱", "email"), required=True, most=254,
    help=_("The address the person signs in with."), parse=parsing.email,
    example="chen@platform.example",
)  # fmt: skip
_NOTE = Column(name="note", headings=("备注", "Note"), most=200, help=_("At most 200 characters."))

ROSTER = (
    _EMAIL,
    Column(name="day", headings=("日期", "Day"), required=True,
           help=_("A date such as 2026-03-02."), parse=time.parse_date, example="2026-03-02"),
    Column(name="starts", headings=("开始时间", "From"), required=True, parse=parsing.clock,
           help=_("A time of day such as 08:00."), example="08:00"),
    Column(name="ends", headings=("结束时间", "Until"), required=True, parse=parsing.clock,
           help=_("A time of day; at or before the beginning means on the next day."),
           example="16:00"),
    _NOTE,
)  # fmt: skip

EXAMINATIONS = (
    Column(name="course", headings=("课程", "Course", "课程名称", "培训课程"), required=True, most=120,
           help=_("The name of an open course of your platform, exactly as it stands there."),
           example="高压反应釜上岗培训"),
    _EMAIL,
    Column(name="held_date", headings=("考核日期", "Examined on", "日期"), required=True,
           help=_("A date such as 2026-03-02."), parse=time.parse_date, example="2026-02-20"),
    Column(name="mark", headings=("成绩", "Mark", "分数"), parse=parsing.mark,
           help=_("A whole number from 0 to 100; empty where taking part is enough."), example="86"),
    _NOTE,
)  # fmt: skip

BOOKINGS = (
    Column(name="line", headings=("中试线", "Line", "产线"), required=True, most=120,
           help=_("The name of a line, exactly as it stands in the list of lines."),
           example="连续流中试线"),
    Column(name="platform", headings=("平台", "Platform", "中试平台"), most=200,
           help=_("Whose line it is; needed only where two lines have one name.")),
    Column(name="project", headings=("项目", "Project", "项目名称"), required=True, most=200,
           help=_("The title of a project of yours that may book."), example="连续流工艺中试"),
    Column(name="start", headings=("开始时间", "From"), required=True, parse=parsing.moment,
           help=_("A day and a time such as 2026-03-02 08:00."), example="2026-03-02 08:00"),
    Column(name="end", headings=("结束时间", "Until"), required=True, parse=parsing.moment,
           help=_("A day and a time such as 2026-03-02 18:00."), example="2026-03-02 18:00"),
    Column(name="billing", headings=("计费方式", "Billing"), parse=parsing.choice(Booking.Billing),
           help=_("One of batch (where it is empty), hour, sample, mixed."), example="小时"),
    Column(name="batches", headings=("批次数", "Batches"), parse=parsing.whole(999),
           help=_("A whole number from 0 to 999."), example="1"),
    Column(name="samples", headings=("样品数", "Samples"), parse=parsing.whole(32_767),
           help=_("A whole number from 0 to 32,767.")),
    Column(name="batch_no", headings=("批号", "Batch number"), parse=parsing.whole(32_767, 1),
           help=_("A whole number from 1 to 32,767.")),
    Column(name="batch_kg", headings=("单批规模（kg）", "Batch size (kg)", "批量"),
           parse=parsing.kilograms, help=_("A weight in kilogram such as 12.5.")),
    Column(name="material", headings=("物料", "Material"), most=200,
           help=_("At most 200 characters."), example="模拟物料"),
    Column(name="hazard", headings=("危险性", "Hazards", "危险说明"), most=200,
           help=_("What the engineer must know, such as flammable or toxic.")),
    Column(name="wants_engineer", headings=("需要工程师", "Engineer wanted"), parse=parsing.yes_no,
           help=_("Write yes or no; empty means yes."), example="是"),
    Column(name="user", headings=("使用人邮箱", "User e-mail"), most=254, parse=parsing.email,
           help=_("Who of your organisation comes; empty means you.")),
    Column(name="acknowledged", headings=("已阅安全要求", "Safety requirements read"),
           parse=parsing.yes_no,
           help=_("Write yes once the safety requirements of the line have been read.")),
    Column(name="retrospective", headings=("补录", "Entered afterwards"), parse=parsing.yes_no,
           help=_("Write yes for what has taken place already.")),
    Column(name="override_reason", headings=("特批理由", "Reason to set rules aside"), most=500,
           help=_("Only for operators of the line's platform. It stays on record.")),
    Column(name="price_fen", headings=("价格（元）", "Price (CNY)"),
           help=_("Left as it is by an import.")),
    _STATE[0],
)  # fmt: skip
