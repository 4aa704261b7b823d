"""Pure values and functions: no app, shell, socket, thread, file or clock in them."""
