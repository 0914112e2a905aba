"""Splits a story into tasks."""

import logging
import os
from concurrent import futures

import grpc
from grpc_health.v1 import health, health_pb2_grpc

from planner import Planner

PORT = os.getenv("GRPC_PORT", "50054")
NATS_URL = os.getenv("NATS_URL", "nats://nats:4222")

log = logging.getLogger("planning")


def serve():
    logging.basicConfig(level=logging.INFO)
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    health_pb2_grpc.add_HealthServicer_to_server(health.HealthServicer(), server)
    server.add_generic_rpc_handlers((Planner(NATS_URL).handler(),))
    server.add_insecure_port(f"[::]:{PORT}")
    server.start()
    log.info("planning listens on port %s", PORT)
    server.wait_for_termination()


if __name__ == "__main__":
    serve()
