"""What the JSON faces share: how a request is read, allowed, answered, refused and audited."""
