"""The access server: who is this agent, which campaigns and which business server serve them, under which release."""
