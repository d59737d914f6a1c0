"""Readers: one file of any kind → cells of text under its column names, with the line each row stood on.

`files` is the door: it looks at a file's ending and asks the reader of that kind. `cells` is what every
reader gives back.
"""
