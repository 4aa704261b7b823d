"""The notebook's magics: each parses its line, makes one call, displays what came back."""
