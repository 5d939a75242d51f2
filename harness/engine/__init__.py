"""Plan and run: what is asked, once, in which order."""
