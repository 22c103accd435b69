"""Models of one's own: functions and files as segmenters.

==================  ==================================================
:mod:`.classes`     labels, and which class is a person
:mod:`.returned`    what a function returned
:mod:`.model_file`  which files are read, and what they are run with
:mod:`.hints`       what a file says of itself
:mod:`.fitting`     how images fit a network, and which output is the map
:mod:`.trial`       that, in a process of its own
:mod:`.fitted`      a network between an image and a probability
:mod:`.outputs`     axes and activations
:mod:`.segmenter`   all of it as segmenters
==================  ==================================================
"""
