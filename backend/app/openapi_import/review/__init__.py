"""Review of an import: comparison with what is live, edits, trial reads, audit."""
