"""What a deployment costs and how far it carries, computed from one table of prices: `python -m infra.costs`."""
