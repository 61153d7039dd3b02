"""Make a plant with a connector in a running harbour, as its operator would; prints what was made.

``python -m tests.telemetry.setting_up KIND ADDRESS PLACE …``, in the environment of the harbour.
"""

import json
import sys
from datetime import UTC, datetime

import django


def main(kind: str, address: str, places: list[str]) -> None:
    from pilotharbor.parties.roles import OrganisationKind, Role
    from pilotharbor.telemetry import commands
    from tests.factories.facilities import EquipmentFactory, LineFactory
    from tests.factories.parties import MembershipFactory, OrganisationFactory, uscc

    now = datetime.now(UTC)
    number = int(now.timestamp() * 1000) % 90_000_000
    platform = OrganisationFactory(
        kind=OrganisationKind.PILOT_PLATFORM, name=f"示例平台{number}", uscc=uscc(number)
    )
    machine = EquipmentFactory(line=LineFactory(platform=platform))
    operator = MembershipFactory(
        role=Role.PLATFORM_OPERATOR,
        organisation=platform,
        person__email=f"op{number}@harbor.example",
    )
    mine = {"actor_id": operator.pk, "at": now}
    topics = ["plant/#"] if kind == "mqtt" else []
    connector = commands.register_connector(
        fields={"name": "采集", "kind": kind, "address": address, "topics": topics}
        | ({"username": "harbour", "password": "quiet tides"} if kind == "mqtt" else {}),
        **mine,
    )
    tags = [
        commands.register_tag(
            equipment_id=machine.pk,
            fields={"key": place, "name": place, "connector_id": connector.pk, "address": place},
            **mine,
        ).pk
        for place in places
    ]
    print(json.dumps({"connector": connector.pk, "tags": tags, "operator": operator.pk}))


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
