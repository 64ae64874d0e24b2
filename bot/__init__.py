"""Solace: notices when somebody in a chat is in a bad way and answers with a phrase of support."""
