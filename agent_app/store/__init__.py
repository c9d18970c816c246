"""The durable store: interviews, outbox and sign-ins, written before the next screen shows.

`port` is what the app asks of a store, `records` what is kept in it; `sqlite` is the adapter for one machine,
`dynamodb` that for AWS, `memory` the one for tests. All pass the same contract tests.
"""
