"""What serving costs, beside an empty server of the same messages: `make bench`."""
