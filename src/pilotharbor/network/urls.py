"""Addresses of what other harbours ask, and of what is fetched from them."""

from django.urls import path

from pilotharbor.network.views import provider

urlpatterns = [
    path("oai", provider.oai, name="oai"),
    path("oai/pilotharbor.xsd", provider.schema, name="oai_schema"),
]
