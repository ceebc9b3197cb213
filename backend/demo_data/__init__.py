"""The demo's data: a believable quarter of a shop's support, told with the frames that the product itself stores."""
