"""Whether the API lives, and whether it can work."""

import socket
from urllib.parse import urlsplit

from fastapi import APIRouter, Response

from aia.settings import settings

router = APIRouter(prefix="/health")


def reachable(url: str, default_port: int) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname, parts.port or default_port), timeout=1):
            return True
    except OSError:
        return False


@router.get("/live")
def live():
    return {"status": "alive"}


@router.get("/ready")
def ready(response: Response):
    checks = {
        "database": reachable(settings.database_url, 5432),
        "redis": reachable(settings.redis_url, 6379),
    }
    if not all(checks.values()):
        response.status_code = 503
    return checks
