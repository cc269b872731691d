"""DataFrames in, figures for a report out: readable at page width, in grey print and by colour-blind readers."""

from .emphasis import frequency_emphasis_map
from .heat import heat_map
from .intervals import forest_plot, ranking_plot
from .measures import Value
from .network import cooccurrence_network
from .saturation import saturation_figure
from .sheet import alt_text, figure_bytes, save_figure

__all__ = [
    "Value",
    "alt_text",
    "cooccurrence_network",
    "figure_bytes",
    "forest_plot",
    "frequency_emphasis_map",
    "heat_map",
    "ranking_plot",
    "saturation_figure",
    "save_figure",
]
