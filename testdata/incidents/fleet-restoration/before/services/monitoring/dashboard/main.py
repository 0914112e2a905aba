"""Shows which services answer."""

import os
import socket

from fastapi import FastAPI

app = FastAPI(title="monitoring")

SERVICES = {
    "planning": os.getenv("PLANNING_URL", "planning:50053"),
    "orchestrator": os.getenv("ORCHESTRATOR_URL", "orchestrator:50055"),
    "ray-executor": os.getenv("RAY_EXECUTOR_URL", "ray-executor:50057"),
}


def answers(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=1):
            return True
    except OSError:
        return False


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/api/services")
def services():
    return {name: answers(address) for name, address in SERVICES.items()}
