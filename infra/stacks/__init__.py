"""Stacks only compose constructs: core, a stack a cell, the desk, and what is watched."""
