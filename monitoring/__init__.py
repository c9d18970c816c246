"""What is watched, as data: names of metrics, dashboards, alarms with their runbook lines, saved log queries.

Pure: the functions write by these names, the CDK app and the publisher declare what is made of them, the desk draws it.
"""
