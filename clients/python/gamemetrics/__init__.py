"""Client of GameMetrics Pro; what it does is written in docs/sdk-spec.md of the server's repository."""
from .client import Client
from .options import Dropped, Failure, Options
from .storage import FileStorage

__all__ = ["Client", "Dropped", "Failure", "FileStorage", "Options"]
__version__ = "0.1.0"
