"""The provider's report of all transactions, as pages: charts, sentences, one entry, and the access
log of one customer."""
