"""The API for operators."""

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from ops.routes.health import health
from ops.routes.tasks import tasks

API = "/api/v1"

app = Flask(__name__)
limiter = Limiter(get_remote_address, app=app, default_limits=["100 per 15 minutes"])
limiter.exempt(health)

app.register_blueprint(health, url_prefix=API + "/health")
app.register_blueprint(tasks, url_prefix=API + "/tasks")
