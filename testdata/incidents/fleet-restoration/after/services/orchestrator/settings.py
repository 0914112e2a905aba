"""What the environment says."""

import os


class Settings:
    def __init__(self):
        self.port = os.environ.get("GRPC_PORT", "50055")
        self.planning_url = os.environ["PLANNING_URL"]
        self.ray_executor_url = os.environ["RAY_EXECUTOR_URL"]
        self.model_key = os.environ.get("MODEL_API_KEY", "")
