"""Mirrors: folders and installed packages that answer for data sets of the hub.

They are asked in this order, and the first that has the split gives it: folders named by the caller (``--mirror``),
folders in ``HARNESS_MIRRORS``, installed packages. A mirror that lacks the split or the configuration is passed over,
and says what it has.
"""
