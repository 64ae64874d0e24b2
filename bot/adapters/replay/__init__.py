"""Recorded comments, read from a file and pushed through the whole pipeline."""
