"""E-mails to the people of the console: what each says, how they leave, and the screen that tells it."""

PARTS = ("desk",)
