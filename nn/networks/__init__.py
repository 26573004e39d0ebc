"""Networks, how their weights are exchanged with other programs, and the number that training makes small."""
