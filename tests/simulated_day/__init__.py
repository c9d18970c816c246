"""A day of a call centre in compressed time, through the real actions, and independent code that looks for any rule of
calling that was broken. `python -m tests.simulated_day` runs the whole of it."""
