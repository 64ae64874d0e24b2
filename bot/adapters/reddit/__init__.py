"""Subreddits: comments are polled, replies are sent, and what people delete is deleted here too."""
