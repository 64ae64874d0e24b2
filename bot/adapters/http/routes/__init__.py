"""One module per concern; `bot.adapters.http.app` puts them together."""
