"""What is to be done."""

from flask import Blueprint, jsonify, request

tasks = Blueprint("tasks", __name__)
queue = []


@tasks.get("/")
def list_tasks():
    return jsonify(queue)


@tasks.post("/")
def add_task():
    queue.append(request.get_json())
    return jsonify(position=len(queue)), 202
