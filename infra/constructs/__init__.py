"""One construct a file; `infra.stack` composes them."""
