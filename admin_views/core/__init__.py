"""What every screen stands on: the base view, how values and refusals are said, static files, commands and jobs.

Start with `base.py`: every screen inherits it. None of it names an area (tests/house/test_rooms.py).
"""
