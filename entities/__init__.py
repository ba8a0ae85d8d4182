"""The SCD2 core: events of one entity fold into versions, and versions answer as-of and history."""
