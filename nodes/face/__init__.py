"""The face of one agency's system: pages of its registers, to answer and send by hand.

- `app`: its routes
- `registers`: what the hub says of its deliveries, and letters that are written here
- `form_tokens`: forms are taken from its own pages
- `texts`: what the pages say, in Vietnamese and English
"""
