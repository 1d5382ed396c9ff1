"""Invented districts of any size, and what reading them costs, beside baselines."""
