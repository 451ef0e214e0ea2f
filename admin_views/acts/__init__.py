"""Acts on a page: which are open, what each asks, doing one or many, and telling why one is refused.

Start with `acting.py`; what may be done, and by whom, is declared in policies/.
"""
