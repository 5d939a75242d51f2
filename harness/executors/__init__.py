"""Where a backend runs when one process is not enough: replicas of it, each in a process and with devices of its own.

``groups`` cuts the requests into groups of neighbours, ``schedule`` decides who is asked what, ``desk`` is the other
end in each replica's process; none of the three knows Ray. ``ray`` has the parts that do.
"""
