"""Charts of tables, as SVG inside a page of HTML: for the pages and reports of hub and simulator.

It knows nothing of the hub, the nodes or signing, and computes no figure.
"""
