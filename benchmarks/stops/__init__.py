"""What is shown while one sensor stops and the others run."""
