"""The pages of fields: which there are, what is proposed, who decided what, and why."""
