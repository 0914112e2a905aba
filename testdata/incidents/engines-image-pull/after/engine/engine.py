"""An engine: says who it is and how much it has done."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ENGINE_ID = os.environ["ENGINE_ID"]


class Engine(BaseHTTPRequestHandler):
    done = 0

    def do_GET(self):
        if self.path == "/healthz":
            self.answer({"status": "ok"})
        elif self.path == "/":
            self.answer({"engine": ENGINE_ID, "done": Engine.done})
        else:
            self.send_error(404)

    def do_POST(self):
        Engine.done += 1
        self.answer({"engine": ENGINE_ID, "accepted": True})

    def answer(self, body):
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


if __name__ == "__main__":
    ThreadingHTTPServer(("", 8080), Engine).serve_forever()
