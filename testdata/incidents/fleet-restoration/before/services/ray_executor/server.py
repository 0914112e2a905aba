"""Runs a task."""

import logging
import os
from concurrent import futures

import grpc
from grpc_health.v1 import health, health_pb2_grpc

PORT = 50057
RAY_ADDRESS = os.getenv("RAY_ADDRESS", "auto")


def execute(task, _context):
    return b"done: " + task


def main():
    logging.basicConfig(level=logging.INFO)
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    health_pb2_grpc.add_HealthServicer_to_server(health.HealthServicer(), server)
    handler = grpc.method_handlers_generic_handler(
        "fleet.Executor",
        {"Execute": grpc.unary_unary_rpc_method_handler(execute)},
    )
    server.add_generic_rpc_handlers((handler,))
    server.add_insecure_port(f"[::]:{PORT}")
    server.start()
    logging.info("executor listens on port %s, with Ray at %s", PORT, RAY_ADDRESS)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
