"""The routers of the pages for people, as the composition root mounts them."""

from typing import Final

from axis.web import (
    agency_pages,
    alert_page,
    centre_page,
    certificate_page,
    compose_pages,
    deadline_page,
    delivery_pages,
    document_pages,
    job_page,
    ledger_page,
    problem_list,
    refusal_pages,
    report_page,
    sign_in,
    signing_pages,
    verify_page,
)

ROUTERS: Final = (
    sign_in.router,  # pages for people: who looks at them
    centre_page.router,  # what happens now
    report_page.router,  # rates
    deadline_page.router,  # and what is late
    document_pages.router,  # documents
    delivery_pages.router,  # what came and went, and answers to it
    compose_pages.router,  # a letter is written
    signing_pages.router,  # signed and sent
    refusal_pages.router,  # what was refused
    agency_pages.router,  # who takes part
    certificate_page.router,  # and with which certificates
    alert_page.router,  # what to look at
    job_page.router,  # long work
    ledger_page.router,  # the ledger
    verify_page.router,  # files of anybody
    problem_list.router,  # what refusals mean
)
"""In no order of importance; `axis.web.navigation` has the order in which people see them."""
