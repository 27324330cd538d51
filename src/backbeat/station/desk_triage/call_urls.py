"""Addresses of the call handler's pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
