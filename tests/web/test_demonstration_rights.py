"""Does the demonstration fill the pages of rights, notices, files and the register?"""

import pytest

from pilotharbor.technologies.models import Attachment, IpAsset, PriceNotice
from pilotharbor.technologies.patents import queries as patents
from pilotharbor.technologies.registration import queries as register
from pilotharbor.web.demonstration import rights
from tests.factories.notices import with_rules
from tests.factories.technologies import market

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_page_of_the_office_has_something_on_it(at, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    m = market()
    with_rules()
    m.achievement.title = rights.TITLE
    m.achievement.save()
    m.achievement.ip_assets.create(
        kind="invention_patent", application_no="202310001234.7", legal_status="granted"
    )
    said = []

    rights.load(at=at, say=said.append)

    assert said == ["价格公示与专利"]
    assert PriceNotice.objects.get().status == "open"
    assert Attachment.objects.get().kind == "csv"
    assert [r.title for r in patents.dormant(actor=m.tto, at=at, years=3)] == [
        rights.SLEEPING["title"]
    ]
    assert IpAsset.objects.filter(ipc__len__gt=0).count() == 2
    m.achievement.refresh_from_db()
    assert [gap.name for gap in register.gaps(m.achievement)] == ["keywords"]


def test_without_its_voyage_it_leaves_all_as_it_is(at):
    market()

    rights.load(at=at, say=pytest.fail)

    assert not PriceNotice.objects.exists()
