"""What leaves the console: sheets, paper, drawings. Each library is imported once, here."""
