"""What sets SINS up and runs it."""
