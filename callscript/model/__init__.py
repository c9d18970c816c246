"""What a campaign is, as frozen data: one module for each document of the language."""
