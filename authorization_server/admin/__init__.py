"""The dashboard: Django's admin over all tables, a file for each concept; secrets and private keys are never shown."""

from django.contrib import admin

from authorization_server.admin import apis, applications, grants, log, people, signing_keys, tokens  # noqa: F401  importing registers them

admin.site.site_header = admin.site.site_title = "Authorization server"
admin.site.index_title = "Dashboard"
admin.site.site_url = None  # this server has no start page to link to
