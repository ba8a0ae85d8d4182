"""How each script is read in Latin letters, a module per script. Pure."""
