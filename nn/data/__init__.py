"""Samples for training: CSV files, arrays and data frames, their preparation, and small built-in data sets."""
