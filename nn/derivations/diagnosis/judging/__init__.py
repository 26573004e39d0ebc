"""What was read, judged: right, following from an earlier line, or a mistake of the catalogue."""
