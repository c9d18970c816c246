"""The administrator's work where nobody sits at a terminal: functions that a deployment, a clock or the bucket calls.

They run the very code of the `waihu` command. A module with `handle(event, context)` is one function of AWS Lambda.
"""
