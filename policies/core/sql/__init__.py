"""What the rules and acts say, written as SQL: clauses, the guard of each table, and row policies.

Nothing here names an area. `flask grants` prints it all; migrations/generated/grants.sql holds it, and a test keeps
both equal. Start with guards.py; readings.py makes functions of named SELECTs, arrivals.py compares with one the rows
that come from what was signed, functions.py says who calls which function, and reports.py what auditors read.
"""
