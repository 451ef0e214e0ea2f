"""The bundled PostgreSQL: found, made, started, adopted and stopped, for `make run` and for tests.

Start with `embedded.py`.
"""
