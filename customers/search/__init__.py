"""Who is meant by a question: read it, find candidates, judge them."""
