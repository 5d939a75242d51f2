"""What is kept on disk: the response store, and the run directories with their tables."""
