"""The API for operators."""

from flask import Flask

from ops.limits import limiter
from ops.routes.health import health
from ops.routes.tasks import tasks

API = "/api/v1"


def create_app():
    app = Flask(__name__)
    limiter.init_app(app)
    app.register_blueprint(health, url_prefix=API + "/health")
    app.register_blueprint(tasks, url_prefix=API + "/tasks")
    return app
