from . import measures as measures
from . import plots as plots
from .play.runs import Run as Run
from .play.runs import open_run as open_run
from .play.toys import ToyModels as ToyModels
from .play.training import train as train
from .store.errors import UserError as UserError

__all__ = ["Run", "ToyModels", "UserError", "measures", "open_run", "plots", "train"]
