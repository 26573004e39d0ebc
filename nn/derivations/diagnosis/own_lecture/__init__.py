"""The diagnosis of lines and numbers in the notation of a lecture file, by the same judgement and the same catalogue."""
