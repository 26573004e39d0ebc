"""The command line ``autograd-lite``."""
