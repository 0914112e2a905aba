"""Hands out the tasks of a story."""

import logging
import os
from concurrent import futures

import grpc
from grpc_health.v1 import health, health_pb2_grpc

from settings import Settings


class Orchestrator:
    def __init__(self, settings):
        self.planning = grpc.insecure_channel(settings.planning_url)
        self.executor = grpc.insecure_channel(settings.ray_executor_url)

    def run(self, story, _context):
        tasks = self.planning.unary_unary("/fleet.Planning/Split")(story)
        execute = self.executor.unary_unary("/fleet.Executor/Execute")
        return b"\n".join(execute(task) for task in tasks.splitlines())

    def handler(self):
        return grpc.method_handlers_generic_handler(
            "fleet.Orchestrator",
            {"Run": grpc.unary_unary_rpc_method_handler(self.run)},
        )


def main():
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "INFO"))
    settings = Settings()
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=16))
    health_pb2_grpc.add_HealthServicer_to_server(health.HealthServicer(), server)
    server.add_generic_rpc_handlers((Orchestrator(settings).handler(),))
    server.add_insecure_port("0.0.0.0:" + settings.port)
    server.start()
    logging.info("orchestrator listens on port %s", settings.port)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
