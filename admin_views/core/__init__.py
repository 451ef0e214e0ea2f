"""What every screen stands on: the base view, how values and refusals are said, static files, commands and jobs.

Start with `base.py`: every screen inherits it. Nothing here imports an area.
"""
