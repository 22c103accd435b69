"""The link: frames between page and kernel beside Jupyter's messages.

A page has a WebSocket to the Jupyter server, whose extension (``bodyseg_widgets.server``) passes
each message on to a socket of the kernel (``widgets/transport/kernel_link.py``). Here is what both
sides have to agree on: how a message is framed, where the socket is, and how the two recognize each
other where the socket is not a file.
"""
