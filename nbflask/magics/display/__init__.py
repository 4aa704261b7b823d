"""How what a magic gives back looks: plain text, and HTML where the front end shows it."""
