"""The demonstration office: invented, seeded, the same on every machine."""
