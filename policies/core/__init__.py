"""How a declaration is obeyed, whatever the area: rules, acts, the session guard, the grants and triggers that
follow from them, jobs, imports, working days, and the readers of what people type.

Start with `rules.py` (what is declared) and `guard.py` (how it is obeyed).
"""
