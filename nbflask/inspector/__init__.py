"""What is done with what was recorded: shown, sent again, debugged, edited."""
