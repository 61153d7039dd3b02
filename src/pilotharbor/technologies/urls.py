"""Addresses of results and needs."""

from django.urls import URLPattern, path

from pilotharbor.technologies.views import (
    actions,
    detail,
    history,
    lists,
    need_wizard,
    notices,
    papers,
    patents,
    registration,
    scenario_wizard,
    scenarios,
    wizard,
)


def _market(noun: str) -> list[URLPattern]:
    said = {"noun": noun}
    one = f"{noun}s/<int:pk>"
    return [
        path(f"{noun}s", lists.index, said, name=f"{noun}s"),
        path(one, detail.detail, said, name=f"{noun}_detail"),
        path(f"{one}/edit/<slug:key>", wizard.edit, said, name=f"{noun}_edit"),
        path(f"{one}/submit", actions.submit, said, name=f"{noun}_submit"),
        path(f"{one}/publish", actions.publish, said, name=f"{noun}_publish"),
        path(f"{one}/return", actions.return_, said, name=f"{noun}_return"),
        path(f"{one}/withdraw", actions.withdraw, said, name=f"{noun}_withdraw"),
    ]


urlpatterns = [
    *_market("achievement"),
    *_market("demand"),
    path("achievements/new", wizard.new, {"noun": "achievement"}, name="achievement_new"),
    path("demands/new", need_wizard.new, name="demand_new"),
    path("demands/new/text", wizard.new, {"noun": "demand"}, name="demand_new_text"),
    path("demands/<int:pk>/questions/<slug:key>", need_wizard.edit, name="need_edit"),
    path("demands/<int:pk>/rewrite", need_wizard.rewrite, name="need_rewrite"),
    path("achievements/<int:pk>/readers", actions.name_reader, name="reader_name"),
    path(
        "achievements/<int:pk>/readers/<int:membership_id>/remove",
        actions.unname_reader,
        name="reader_unname",
    ),
    path("reviews", lists.reviews, name="reviews"),
    path("scenarios", lists.scenarios, name="scenarios"),
    path("scenarios/new", scenario_wizard.new, name="scenario_new"),
    path("scenarios/<int:pk>", scenarios.detail, name="scenario_detail"),
    path("scenarios/<int:pk>/edit/<slug:key>", scenario_wizard.edit, name="scenario_edit"),
    path("scenarios/<int:pk>/submit", scenarios.submit, name="scenario_submit"),
    path("scenarios/<int:pk>/publish", scenarios.publish, name="scenario_publish"),
    path("scenarios/<int:pk>/return", scenarios.return_, name="scenario_return"),
    path("scenarios/<int:pk>/withdraw", scenarios.withdraw, name="scenario_withdraw"),
    path("scenarios/<int:pk>/close", scenarios.close, name="scenario_close"),
    path("scenarios/<int:pk>/answer", scenarios.answer, name="scenario_answer"),
    path("scenarios/<int:pk>/trial", scenarios.trial, name="scenario_trial"),
    path("scenarios/<int:pk>/order", scenarios.order, name="scenario_order"),
    path("scenario-answers/<int:pk>/choose", scenarios.choose, name="scenario_choose"),
    path(
        "scenario-answers/<int:pk>/withdraw",
        scenarios.withdraw_answer,
        name="scenario_answer_withdraw",
    ),
    path("achievements/<int:pk>/price-notices/new", notices.new, name="price_notice_new"),
    path("price-notices", notices.notice_list, name="price_notices"),
    path("price-notices/rules", notices.rules, name="notice_rules"),
    path("price-notices/<int:pk>", notices.notice_detail, name="price_notice"),
    path("price-notices/<int:pk>/edit", notices.edit, name="price_notice_edit"),
    path("price-notices/<int:pk>/open", notices.open_, name="price_notice_open"),
    path("price-notices/<int:pk>/withdraw", notices.withdraw, name="price_notice_withdraw"),
    path("price-notices/<int:pk>/conclude", notices.conclude, name="price_notice_conclude"),
    path("price-notices/<int:pk>/object", notices.object_, name="price_notice_object"),
    path("<slug:noun>s/<int:pk>/files/new", papers.add, name="attachment_add"),
    path("registrations", registration.registration_list, name="registrations"),
    path("registrations.<slug:suffix>", registration.registration_file, name="registration_file"),
    path("achievements/<int:pk>/registration", registration.edit, name="registration"),
    path("rights", patents.right_list, name="rights"),
    path("rights/dormant", patents.dormant, name="rights_dormant"),
    path("rights/<int:pk>", patents.right_detail, name="right_detail"),
    path("rights/<int:pk>/edit", patents.edit, name="right_edit"),
    path("<slug:noun>s/<int:pk>/versions", history.version_list, name="versions"),
    path("attachments/<int:pk>", papers.read, name="attachment"),
    path("attachments/<int:pk>/remove", papers.remove, name="attachment_remove"),
    path("objections/<int:pk>/answer", notices.answer, name="objection_answer"),
]
