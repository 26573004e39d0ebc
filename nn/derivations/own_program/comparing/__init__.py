"""Compares what a program gives: with the right gradients, its own cost, its penalty, and itself called otherwise."""
