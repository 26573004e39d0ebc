"""What was judged, told to the student: symbols, sentences, hints, ratios and advice."""
