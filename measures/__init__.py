"""Figures of fieldwork, by published formulas: response rates, and how far two coders agree. Pure and exact."""
