"""Every word that the bot says on Telegram beside its phrases of support, one module a part."""
