"""XML signatures: reads and judges them. It makes none.

`reading` reads bytes in a process that may be killed, and `judging` judges the findings by the procedure of
`signing.verify`. W3C XML Signature Syntax and Processing 1.1; canonical forms by libxml2.
"""
