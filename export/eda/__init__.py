"""A long look at the data: statistics as pure functions, and `report`, which shows them on a page."""
