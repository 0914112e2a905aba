"""The API. It answers once the models are loaded."""

from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.alerts import router
from app.models import Detector
from app.settings import MODEL_DIR


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.detector = Detector.load(MODEL_DIR)
    yield


app = FastAPI(title="watchtower", lifespan=lifespan)
app.include_router(router, prefix="/api")


@app.get("/health")
def health():
    return {"status": "healthy", "models": len(app.state.detector.weights)}
