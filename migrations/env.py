"""Runs migrations on the connection that `axis.database.migrate` hands over; it opens none itself."""

from alembic import context

import axis.agencies.tables
import axis.authority.tables
import axis.compliance.tables
import axis.counters.tables
import axis.database.store_facts
import axis.deliveries.tables
import axis.documents.tables
import axis.intake.tables
import axis.jobs.tables
import axis.ledger.tables
import axis.objects.tables
import axis.trust.tables
import axis.vxp.tables  # noqa: F401 - importing a room's tables hangs them on the metadata
from axis.database import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
    compare_server_default=False,
    transactional_ddl=True,  # SQLite can too, now that `axis.database` begins its transactions
)
with context.begin_transaction():
    context.run_migrations()
