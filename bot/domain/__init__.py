"""What Solace decides, as pure functions over frozen values: no clock, no network, no third party."""
