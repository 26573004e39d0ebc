"""Lines and numbers in the notation of a lecture file, for the same judgement and the same catalogue."""
