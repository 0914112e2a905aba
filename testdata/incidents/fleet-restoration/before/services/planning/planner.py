"""What a story is made of. Messages are plain UTF-8: one task a line."""

import grpc


class Planner:
    def __init__(self, nats_url):
        self.nats_url = nats_url

    def split(self, story, _context):
        sentences = (it.strip() for it in story.decode().split("."))
        return "\n".join(it for it in sentences if it).encode()

    def handler(self):
        return grpc.method_handlers_generic_handler(
            "fleet.Planning",
            {"Split": grpc.unary_unary_rpc_method_handler(self.split)},
        )
