"""XML signatures: reads and judges them.

`reading` reads bytes in a process that may be killed, and `judging` judges the findings. W3C XML Signature
Syntax and Processing 1.1; canonical forms by libxml2.
"""
