"""How the console is run, tested and measured; nothing here is imported by the rooms."""
