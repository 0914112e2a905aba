"""Whether the engine lives, and whether it can work."""

import time

from flask import Blueprint, jsonify

health = Blueprint("health", __name__)
started = time.monotonic()


@health.get("/")
def overview():
    return jsonify(status="healthy", uptime=time.monotonic() - started)


@health.get("/live")
def live():
    return jsonify(status="alive")


@health.get("/ready")
def ready():
    return jsonify(status="ready")
