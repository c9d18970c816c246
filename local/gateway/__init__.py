"""API Gateway's HTTP API on one machine: routes, JWT authorizer, payload format 2.0, limits."""
