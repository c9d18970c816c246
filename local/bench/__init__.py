"""Measurements: each module of this folder that has `rows()` is a bench, by its own name.

./run bench                    all of them
./run bench latency --json F   one, its rows kept
"""
