"""Downloads, on request only: whole or not at all, from any server, ended whenever that is wanted.

- ``fetch`` saves what is at a URL in a folder, under its own name;
- ``fetch_known`` saves a file of which size and hash are known, and goes on where it was
  interrupted.
"""

from bodyseg_widgets.downloads.download import fetch
from bodyseg_widgets.downloads.failure import DownloadError
from bodyseg_widgets.downloads.known import fetch_known

__all__ = ["DownloadError", "fetch", "fetch_known"]
