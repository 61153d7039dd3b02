"""Addresses of what other harbours ask, and of what is fetched from them."""

from django.urls import path

from pilotharbor.network.views import provider, sources

urlpatterns = [
    path("oai", provider.oai, name="oai"),
    path("oai/pilotharbor.xsd", provider.schema, name="oai_schema"),
    path("sources", sources.index, name="harvest_sources"),
    path("sources/new", sources.new, name="harvest_source_new"),
    path("sources/<int:source_id>", sources.detail, name="harvest_source"),
    path("sources/<int:source_id>/edit", sources.edit, name="harvest_source_edit"),
    path("sources/<int:source_id>/run", sources.run_now, name="harvest_run_now"),
    path("sources/<int:source_id>/<str:verb>", sources.switch, name="harvest_source_switch"),
    path("sources/runs/<int:run_id>", sources.run, name="harvest_run"),
]
