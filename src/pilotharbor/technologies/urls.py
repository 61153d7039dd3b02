"""Addresses of results and needs."""

from django.urls import URLPattern, path

from pilotharbor.technologies.views import actions, detail, lists, notices, wizard


def _market(noun: str) -> list[URLPattern]:
    said = {"noun": noun}
    one = f"{noun}s/<int:pk>"
    return [
        path(f"{noun}s", lists.index, said, name=f"{noun}s"),
        path(f"{noun}s/new", wizard.new, said, name=f"{noun}_new"),
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
    path("achievements/<int:pk>/readers", actions.name_reader, name="reader_name"),
    path(
        "achievements/<int:pk>/readers/<int:membership_id>/remove",
        actions.unname_reader,
        name="reader_unname",
    ),
    path("reviews", lists.reviews, name="reviews"),
    path("achievements/<int:pk>/price-notices/new", notices.new, name="price_notice_new"),
    path("price-notices", notices.notice_list, name="price_notices"),
    path("price-notices/rules", notices.rules, name="notice_rules"),
    path("price-notices/<int:pk>", notices.notice_detail, name="price_notice"),
    path("price-notices/<int:pk>/edit", notices.edit, name="price_notice_edit"),
    path("price-notices/<int:pk>/open", notices.open_, name="price_notice_open"),
    path("price-notices/<int:pk>/withdraw", notices.withdraw, name="price_notice_withdraw"),
    path("price-notices/<int:pk>/conclude", notices.conclude, name="price_notice_conclude"),
    path("price-notices/<int:pk>/object", notices.object_, name="price_notice_object"),
    path("objections/<int:pk>/answer", notices.answer, name="objection_answer"),
]
