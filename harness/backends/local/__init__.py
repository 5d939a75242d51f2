"""What every model in this process needs, whatever runs it: options, checkpoints, chat templates, tokens."""
