"""Wrong and right derivations made from the catalogue of mistakes, for tests, documentation and benchmarks."""
