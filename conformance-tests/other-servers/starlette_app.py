"""Starlette's CORSMiddleware: `CONFIGURATION=… uvicorn starlette_app:app`."""

import os

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

CONFIGURATIONS = {
    "good": {
        "allow_origins": ["https://app.example.com"],
        "allow_credentials": True,
        "allow_methods": ["GET", "POST", "PUT"],
        "allow_headers": ["content-type"],
    },
    # As in many a tutorial.
    "any": {
        "allow_origins": ["*"],
        "allow_credentials": True,
        "allow_methods": ["*"],
        "allow_headers": ["*"],
    },
    # Dots that match anything.
    "pattern": {
        "allow_origin_regex": r"https://.*.example.com",
        "allow_credentials": True,
        "allow_methods": ["*"],
    },
}


async def hello(request):
    return PlainTextResponse("hello\n")


app = Starlette(
    routes=[Route("/", hello, methods=["GET", "POST", "PUT"])],
    middleware=[Middleware(CORSMiddleware, **CONFIGURATIONS[os.environ["CONFIGURATION"]])],
)
