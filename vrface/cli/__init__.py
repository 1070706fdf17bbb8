"""The command line: `vrface VERB`, one verb a file."""
