"""How instants and days are written where no template says it otherwise."""
