"""Measurements that anybody can repeat; each prints the figures that the docs quote."""
