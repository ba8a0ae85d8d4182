"""The dashboards as data, in the order in which they are listed."""

from deploy.kibana.dashboards.operations import OPERATIONS
from deploy.kibana.dashboards.protection import PROTECTION
from deploy.kibana.dashboards.sync import SYNC
from deploy.kibana.dashboards.transactions import TRANSACTIONS

DASHBOARDS = (OPERATIONS, TRANSACTIONS, SYNC, PROTECTION)
