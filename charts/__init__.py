"""Charts of tables, as SVG inside a page of HTML: for the pages and reports of hub and simulator."""
