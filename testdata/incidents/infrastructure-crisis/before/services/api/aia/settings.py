"""What the environment says."""

from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: str
    database_host: str = "localhost"
    database_name: str = "aia"
    redis_url: str = "redis://localhost:6379/0"


settings = Settings()
