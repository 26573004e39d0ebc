"""What every other folder of ``nn`` stands on: words, ranges, files, formulas as text, activation functions."""
