"""What a notebook shows of an app and of its traffic: anywidgets, each with its module and style.

Nothing is built and nothing is fetched: the front end gets the files as they are here.
"""
