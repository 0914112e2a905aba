"""Calls the model for those who ask."""

import json
import os
import urllib.request

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

app = FastAPI(title="gateway")

MODEL_URL = os.getenv("MODEL_URL", "https://api.anthropic.com/v1/messages")
MODEL_KEY = os.getenv("MODEL_KEY", "")


class Question(BaseModel):
    text: str


@app.get("/health")
def health():
    return {"status": "healthy"}


@app.post("/ask")
def ask(question: Question):
    body = {
        "model": "claude-sonnet-4-5",
        "max_tokens": 1024,
        "messages": [{"role": "user", "content": question.text}],
    }
    headers = {
        "Content-Type": "application/json",
        "anthropic-version": "2023-06-01",
        "x-api-key": MODEL_KEY,
    }
    request = urllib.request.Request(MODEL_URL, json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)
    except OSError as error:
        raise HTTPException(502, str(error)) from error
