"""The `waihu` command and what the admin pages call: check, publish, roll back, import, export, trace."""
