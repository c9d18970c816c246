"""The script language: what a business is, written as XML, and the pure core that runs it.

Rooms: `model` (frozen data), `parser` (XML -> model), `expressions` (the `${...}` language),
`checker` (every problem at once), `engine` (the interview as a pure function), `sql` (the statements
of server scripts), `protocol` (what travels between the tiers). Nothing here knows AWS, a database,
Streamlit or the clock.
"""
