"""Rows of plain values → text, HTML or a figure. No statistics and no result types live here."""
