"""What each request passes before a screen: who is asking, in which office, from where, with which session.

Start with `door.py`. Passwords, throttling and the gate's own transactions are here and nowhere else.
"""
