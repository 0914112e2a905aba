"""What the environment says."""

import os
from pathlib import Path

DATABASE_URL = os.environ["DATABASE_URL"]
MODEL_DIR = Path(os.getenv("MODEL_DIR", "models"))
