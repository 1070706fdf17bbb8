"""What people look at: faces in a terminal, on a stage, in a video, on a sheet; plots; a page."""
