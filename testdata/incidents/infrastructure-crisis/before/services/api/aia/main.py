"""Takes requests for agents."""

from fastapi import FastAPI

from aia import health

app = FastAPI(title="aia")
app.include_router(health.router)

requests: list[dict] = []


@app.post("/v1/agents", status_code=202)
def start_agent(request: dict):
    requests.append(request)
    return {"position": len(requests)}


@app.get("/v1/agents")
def list_agents():
    return requests
