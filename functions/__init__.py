"""The Lambda functions: `dispatch` (access server), `business` (business server), and `hosting`, what both need."""
