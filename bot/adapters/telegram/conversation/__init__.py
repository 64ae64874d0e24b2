"""Commands, buttons and membership: everything but messages that people write to each other."""
