"""The fonts of figures: those that matplotlib brings along, whatever a machine has installed.

matplotlib looks fonts up in a list that it keeps for each user, with the system's fonts in it; a list that was written
while a package was being installed lacks some. Figures are to be the same bytes everywhere.
"""

from pathlib import Path

import matplotlib
from matplotlib import font_manager


def own_fonts_alone() -> None:
    """Let this process find matplotlib's own fonts and no others; to be called before it looks for any."""
    folder = Path(matplotlib.get_data_path(), "fonts/ttf")
    manager, files = font_manager.fontManager, sorted(folder.glob("*.ttf"))
    known = {Path(font.fname): font for font in manager.ttflist}
    manager.ttflist = [known[file] for file in files if file in known]
    for file in (file for file in files if file not in known):
        manager.addfont(file)
