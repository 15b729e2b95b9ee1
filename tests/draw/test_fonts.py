"""A figure's fonts are matplotlib's own, whatever the list says that a user's cache holds."""

import subprocess
import sys

SCRIPT = """
from pathlib import Path
import matplotlib
from matplotlib import font_manager

manager, own = font_manager.fontManager, Path(matplotlib.get_data_path(), "fonts/ttf")
foreign = font_manager.FontEntry(fname="/nowhere/DejaVuSans.ttf", name="DejaVu Sans")
manager.ttflist = [foreign, *(font for font in manager.ttflist if font.name != "DejaVu Sans")]
from superposition.draw.fonts import own_fonts_alone

own_fonts_alone()
assert {Path(font.fname).parent for font in manager.ttflist} == {own}
assert len(manager.ttflist) >= len(list(own.glob("*.ttf")))
print(font_manager.findfont("DejaVu Sans"))
"""


def test_a_list_that_lacks_them_and_names_others_does_not_matter():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("matplotlib/mpl-data/fonts/ttf/DejaVuSans.ttf")
