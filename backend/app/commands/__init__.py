"""Commands of `app.cli`, one module each: what it is called, what it takes, what it does."""
