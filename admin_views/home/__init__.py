"""The first page of each office: trays of what waits, figures, and the lists behind them.

Start with `home.py`.
"""
