"""A list of records from an address that may say anything: its filters, orders, columns and saved views.

Start with `lists.py`; what very long lists ask first is in `narrowing.py`.
"""
