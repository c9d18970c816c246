"""The data that comes out: what was answered, with labels, as spreadsheets and statistics programs read it.

codebook (what each variable means, from the scripts) -> snapshot (rows, from the database) -> one writer a format
"""
