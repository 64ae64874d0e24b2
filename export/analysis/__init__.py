"""A long look at a model: `gaps`, `cues` and `words` measure it, `report` shows them on a page."""
