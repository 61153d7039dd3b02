"""Addresses that search engines ask for by name."""

from django.urls import path

from pilotharbor.web.findable import views

urlpatterns = [
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("sitemap-<slug:section>-<int:number>.xml", views.sitemap_page, name="sitemap_page"),
]
