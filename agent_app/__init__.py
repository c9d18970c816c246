"""The agent's desk: Streamlit pages that draw, one client that speaks HTTP, a durable store; the engine decides."""
