"""The interview as a pure function: `advance(program, state, event) -> (state, step)`.

`events` are what can happen, `steps` what the app is to show and do, `state` what is saved between the two.
"""
