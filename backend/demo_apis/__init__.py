"""Three small real HTTP services that the demo's agents act upon: a shop, a SaaS account and a bank."""
