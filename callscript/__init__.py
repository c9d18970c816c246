"""The script language: what a business is, written as XML, and the pure core that runs it.

Read in this order: `model` (what a script is, as frozen data), `parser` (XML -> model; its `grammar` also makes the
editors' `schemas`), `expressions` (the `${...}` language), `checker` (every problem at once, each a `Kind` of the
`catalogue`), `engine` (the interview as a pure function), `sql` (the statements of server scripts). Beside them stand
`translations` (PO files), `transcripts` (interviews written down and played again), `changes` (two versions compared in
words), `pictures` (the flow as SVG).

What travels: `protocol` and `scripts_protocol` (wire types), `session_token`, `call_key`. What lies in the bucket:
`release` (files and their hashes), `bucket_layout` (where). Nothing here knows AWS, a database, Streamlit or the clock.
"""
