"""Paths of the registry's pages; each answers with and without its trailing slash."""

from django.urls import re_path

from customers.web import (
    check,
    customer,
    duplicates,
    editing,
    erasing,
    restricting,
    search,
    subject_report,
)
from customers.web.fields import views as fields
from customers.web.retention import page as retention
from customers.web.retention import policy_form
from customers.web.transactions import access_log, entry, exporting, report, verifying

ID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
UID = rf"^customers/(?P<uid>{ID})"
FIELD = rf"^fields/(?P<uid>{ID})"
POLICY = r"^retention/policies/(?P<code>[A-Za-z][A-Za-z0-9_]{0,63})"
PAIR = rf"^duplicates/(?P<uid>{ID})/(?P<other>{ID})"

urlpatterns = [
    re_path(r"^$", search.home, name="search"),
    re_path(r"^check/?$", check.answer, name="check"),
    re_path(r"^sync-pill/?$", search.sync_pill, name="sync-pill"),
    re_path(r"^customers/new/?$", editing.new, name="customer-new"),
    re_path(r"^customers/similar/?$", search.similar, name="customer-similar"),
    re_path(UID + r"/?$", customer.details, name="customer"),
    re_path(UID + r"/timeline/?$", customer.timeline, name="customer-timeline"),
    re_path(UID + r"/confirmed/?$", customer.confirmed, name="customer-confirmed"),
    re_path(UID + r"/edit/?$", editing.edit, name="customer-edit"),
    re_path(UID + r"/delete/?$", editing.delete, name="customer-delete"),
    re_path(UID + r"/restore/?$", editing.restore, name="customer-restore"),
    re_path(UID + r"/hold/?$", erasing.hold, name="customer-hold"),
    re_path(UID + r"/lift/?$", erasing.lift, name="customer-lift"),
    re_path(UID + r"/erase/?$", erasing.erase, name="customer-erase"),
    re_path(UID + r"/cancel-erasure/?$", erasing.cancel, name="customer-erasure-cancel"),
    re_path(UID + r"/restrict/?$", restricting.restrict, name="customer-restrict"),
    re_path(UID + r"/unrestrict/?$", restricting.unrestrict, name="customer-unrestrict"),
    re_path(UID + r"/merge/?$", duplicates.pick, name="customer-merge"),
    re_path(UID + r"/unmerge/?$", duplicates.unmerge, name="customer-unmerge"),
    re_path(UID + r"/access-log/?$", access_log.access_log, name="customer-access-log"),
    re_path(UID + r"/subject-report/?$", subject_report.report, name="customer-subject-report"),
    re_path(r"^transactions/?$", report.report, name="transactions"),
    re_path(r"^transactions/export/?$", exporting.export, name="transactions-export"),
    re_path(r"^transactions/verify/?$", verifying.verify, name="transactions-verify"),
    re_path(rf"^transactions/(?P<audit_id>{ID})/?$", entry.entry, name="transaction"),
    re_path(r"^fields/?$", fields.overview, name="fields"),
    re_path(r"^fields/new/?$", fields.new, name="field-new"),
    re_path(FIELD + r"/?$", fields.one, name="field"),
    re_path(FIELD + r"/change/?$", fields.change, name="field-change"),
    re_path(FIELD + r"/settle/?$", fields.settle, name="field-settle"),
    re_path(FIELD + r"/invalid/?$", fields.invalid, name="field-invalid"),
    re_path(
        FIELD + r"/(?P<decision>authorise|reject|retire)/?$", fields.decide, name="field-decide"
    ),
    re_path(r"^retention/?$", retention.retention, name="retention"),
    re_path(r"^retention/preview/?$", retention.preview, name="retention-preview"),
    re_path(r"^retention/runs/(?P<run>[0-9]{1,18})/?$", retention.run, name="retention-run"),
    re_path(r"^retention/restricted/?$", restricting.restricted, name="restricted"),
    re_path(r"^retention/ledger/?$", retention.ledger, name="erasure-ledger"),
    re_path(r"^retention/policies/?$", policy_form.overview, name="retention-policies"),
    re_path(POLICY + r"/?$", policy_form.change, name="retention-policy"),
    re_path(POLICY + r"/retire/?$", policy_form.retire, name="retention-policy-retire"),
    re_path(POLICY + r"/unjudged/?$", retention.unjudged, name="retention-unjudged"),
    re_path(r"^duplicates/?$", duplicates.work_list, name="duplicates"),
    re_path(r"^duplicates/history/?$", duplicates.history, name="merge-history"),
    re_path(PAIR + r"/?$", duplicates.pair, name="duplicate"),
    re_path(PAIR + r"/distinct/?$", duplicates.distinct, name="duplicate-distinct"),
    re_path(
        UID + r"/provenance/(?P<code>[A-Za-z0-9_-]{1,64})/?$",
        customer.source_of,
        name="customer-provenance",
    ),
]
