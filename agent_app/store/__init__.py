"""The durable store: interviews, outbox and sign-ins, written before the next screen shows.

`port` is what the app asks of a store, `records` what is kept in it; `sqlite` is the adapter for one machine,
`dynamodb` (over `table`) that for AWS. Both pass the same contract tests, as does the one that tests keep in memory.
"""
