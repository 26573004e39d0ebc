"""The two passes step by step: equations, terminal, stepper, and the derivation as LaTeX."""
