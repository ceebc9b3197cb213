"""Review of an import: comparison with what is live, edits, tries of reads, audit."""
