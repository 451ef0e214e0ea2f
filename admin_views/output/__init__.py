"""Things that leave the house: sheets, paper, drawings. Each library is imported once, here."""
