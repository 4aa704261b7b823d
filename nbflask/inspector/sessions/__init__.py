"""The sessions of an app's clients: read, shown, and edited.

``store`` reads and signs what a cookie stands for, ``clients`` says whose it is, ``pending`` keeps
edits until a browser asks, ``desk`` does all three for one app. ``values`` is the text that is
edited, ``texts`` the one that is read; ``view`` makes what people see, which ``page`` and ``news``
bring to the widget, and ``sessions`` is what Python has of it.
"""
