"""Demo data: a believable quarter of a shop's support, in the frames that the product itself stores."""
