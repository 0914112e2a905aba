"""Events come in, alerts go out."""

from fastapi import APIRouter, Request

router = APIRouter()
alerts: list[dict] = []


@router.get("/alerts")
def list_alerts():
    return alerts


@router.post("/events", status_code=202)
def add_event(event: dict, request: Request):
    score = request.app.state.detector.score(event)
    if score > 0.5:
        alerts.append({"event": event, "score": score})
    return {"score": score}
