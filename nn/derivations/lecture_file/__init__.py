"""A lecture as a TOML file: notation, lines and numbers; read as data, compared, read critically, checked."""
