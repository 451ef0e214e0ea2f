"""What every screen stands on: the base view, how values and refusals are said, static files, commands and jobs.

Start with `base.py`: every screen inherits it. What still names an area is listed in tests/house/test_rooms.py.
"""
