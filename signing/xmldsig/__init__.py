"""XML signatures: what they cover and by whom they are. Makes none, and trusts nobody by itself.

`reading` takes bytes apart in a process that may be killed, `judging` brings what it found to the one
procedure of `signing.verify`. W3C XML Signature Syntax and Processing 1.1; canonical forms by libxml2.
"""
