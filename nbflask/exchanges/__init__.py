"""Exchanges as values, and what is made of one: filters, redaction, exports, HAR, comparison."""
