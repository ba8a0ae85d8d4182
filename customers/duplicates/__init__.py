"""Who on the list may be one person: pairs found, listed, learned from."""
