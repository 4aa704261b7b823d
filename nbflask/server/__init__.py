"""The server that lives in the kernel: sockets, engine, life, and where output goes."""
