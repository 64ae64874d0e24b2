"""Telegram: updates in, replies and conversations out. The only owner of python-telegram-bot."""
