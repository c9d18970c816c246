"""The supervisor's room: asks the business server, works out figures; pages draw them."""
