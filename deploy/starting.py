"""A process that starts makes hundreds of thousands of objects and lets go of none: looking for garbage among them took
a fifth of its time. Importing this module stops the search; `collect_again` goes on with it among what is made later.
"""

import gc

gc.disable()


def collect_again() -> None:
    """The application stands: what there is stays, and is not looked at again."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
