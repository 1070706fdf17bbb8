"""What people look at: a face in the terminal, a timeline as a picture, a page about both."""
