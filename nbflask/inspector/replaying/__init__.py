"""Recorded requests are sent to their app again: once, edited, many times, or from a HAR."""
