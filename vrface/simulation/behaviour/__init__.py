"""What a simulated wearer does, one process a file; all on continuous time, drawn by seed."""
