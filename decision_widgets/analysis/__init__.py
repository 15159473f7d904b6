"""The conductor: the only room that knows both the design and the data."""
