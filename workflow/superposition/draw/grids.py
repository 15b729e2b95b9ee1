"""Grids of panels by seaborn, at a page's width: a tidy table in, a figure with one legend below it out.

Whatever these draw is a statistic of the table without a random number: medians and ranges, never a bootstrap.
"""

from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colorbar import Colorbar
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from ..measure.results import Results
from .canvas import DIVERGING, PALETTE, STYLE, WIDTH, counted

MEDIAN_AND_RANGE = {"estimator": "median", "errorbar": ("pi", 100), "err_kws": {"alpha": 0.22, "linewidth": 0}}


def over_seeds(results: Results) -> str:
    """What a caption says of MEDIAN_AND_RANGE."""
    return f"median (line) and range (band) over {counted(len(results.seeds), 'seed')}"


def set_theme() -> None:
    """Seaborn's look for all that is drawn from here on, with this project's colours, sizes and file settings."""
    sns.set_theme(style="ticks", palette=PALETTE, rc=STYLE)


def lines(table: pd.DataFrame, **options) -> sns.FacetGrid:
    """Median over seeds as a line, their range as a band. Options: `grid`, and those of seaborn.relplot.

    Lines that differ in colour differ in dashes too.
    """
    options = {"style": options.get("hue")} | options
    return grid(sns.relplot, table, kind="line", **MEDIAN_AND_RANGE, **options)


def grid(
    plot: Callable[..., sns.FacetGrid],
    table: pd.DataFrame,
    *,
    height: float,
    titles: str = "",
    labels: tuple[str | None, str | None] = (None, None),
    share_x: bool | str = True,
    share_y: bool | str = True,
    legend_columns: int | None = None,
    **options,
) -> sns.FacetGrid:
    """A grid of panels at a page's width: a legend below, light grid lines, titles above the first row alone.

    Args:
        plot: seaborn's relplot, catplot or displot.
        table: tidy.
        height: of a row of panels, in inches.
        titles: of the columns, such as "S = {col_name}".
        labels: of the x and the y axis, where not the columns' names; a `row` names its y axis itself.
        share_x: whether columns share an x axis, or "col".
        share_y: whether panels share a y axis, or "row".
        legend_columns: of the legend; as many as it has entries by default.
        options: of seaborn's function.
    """
    set_theme()
    columns = table[options["col"]].nunique() if "col" in options else 1
    shared = {"sharex": share_x, "sharey": share_y}
    sharing = shared if plot is sns.catplot else {"facet_kws": shared}
    with plt.rc_context({"figure.constrained_layout.use": False}):  # seaborn lays its grids out in its own way
        drawn = plot(data=table, height=height, aspect=WIDTH / columns / height, **sharing, **options)
    drawn.set_axis_labels(*labels)
    for row, axes in enumerate(drawn.axes):
        for column, axis in enumerate(axes):
            axis.set_title(titles.format(col_name=drawn.col_names[column]) if row == 0 and drawn.col_names else "")
            axis.grid(True)
        if drawn.row_names:
            axes[0].set_ylabel(drawn.row_names[row])
    if drawn.legend is not None:
        entries = legend_columns or len(drawn.legend.legend_handles)
        sns.move_legend(drawn, "outside lower center", ncols=entries, title=None)
    drawn.figure.set_size_inches(WIDTH, height * len(drawn.axes))
    drawn.figure.set_layout_engine("constrained")
    return drawn


def heatmap(axis: Axes, matrix, limits: tuple[float, float], colours=DIVERGING, ticks: int = 10, **options) -> None:
    """A matrix in colours, its rows and columns counted from 1.

    Args:
        axis: where.
        matrix: (row, column), an array or a pivoted table.
        limits: of the colours; what lies beyond has its end's colour.
        colours: a colour map.
        ticks: every how many rows and columns have a number; none where it is 0.
        options: properties of the axis, such as aspect="equal".
    """
    values = np.asarray(matrix)  # seaborn's own heatmap draws the whole figure to see whether its labels overlap
    axis.pcolormesh(values, vmin=limits[0], vmax=limits[1], cmap=colours, rasterized=True)
    axis.set(xlim=(0, values.shape[1]), ylim=(values.shape[0], 0), **options)
    axis.spines[:].set_visible(True)
    for which, length in zip("yx", values.shape, strict=True):
        numbers = [1, *range(ticks, length + 1, ticks)] if ticks else []
        axis.set(**{f"{which}ticks": np.array(numbers) - 0.5, f"{which}ticklabels": numbers})


def colour_bar(figure: Figure, axes, label: str, limits: tuple[float, float], colours=DIVERGING, **options) -> Colorbar:
    """A colour bar of a scale that several panels share. Options: Figure.colorbar's."""
    return figure.colorbar(ScalarMappable(Normalize(*limits), colours), ax=axes, label=label, **options)
